"""Names for invented people. Any likeness to a person is chance."""
# ruff: noqa: SIM905

FIRST = """
Ada Alonzo Amara Andre Anita Arlo Benita Bruno Calvin Carmen Cedric Celia Chester Clara Cleo Corwin Dahlia Darnell
Della Desmond Dolores Eddie Edna Elias Elsa Emmett Esther Ezra Faye Felix Flora Floyd Gideon Gloria Greta Gus Hattie
Hector Hazel Homer Ida Ignacio Imani Irving Iris Ivan Jada Jasper Jocelyn Judd Kali Keith Lamar Leona Lester Lila
Lonnie Lorena Luther Mabel Marcus Marisol Mavis Milo Mina Moses Nadine Nestor Nina Odell Olive Omar Opal Orson Otis
Pearl Percy Petra Quincy Ramona Reggie Rhoda Rocco Rosalie Rufus Ruth Sadie Silas Sonia Stella Tariq Thelma Tobias
Ursula Vada Vernon Viola Wanda Wendell Willa Xavier Yolanda Zeke Zora
""".split()
LAST = """
Abbott Acosta Akers Alcott Amato Ames Ardley Ashby Bascom Beale Bellamy Birch Blaylock Bonner Bracken Briggs Calloway
Cardenas Carver Castellan Chandler Cobb Corliss Crane Dalby Danvers Dorsey Drummond Eastman Eckert Ellery Escobar
Farnham Fenwick Fiske Foley Gaines Galvan Garland Gentry Grady Hale Hargrove Hartley Hobbs Holloway Ibarra Ingram
Jarvis Joyner Kearney Kimball Kirby Lachlan Langley Larkin Ledford Lomax Lovell Macon Marsh Mercer Minton Montoya Nash
Nolan Oakley Ocampo Osborne Paxton Pickett Pruitt Quarles Quinlan Radley Ramsey Ridley Rowan Saldana Sayer Sewell Shaw
Stanton Sutter Talbot Tarver Thorne Tilden Truitt Upton Vance Varela Velez Wade Walden Weldon Whitley Winslow Wynn
Yarrow Yates Zamora
""".split()
