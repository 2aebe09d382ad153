"""Service providers: their directory, referrals to them and their answers. It rests on referrals and is not built yet."""
