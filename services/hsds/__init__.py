"""A directory in the columns of HSDS 3.0 (Open Referral), read and checked without a database.

API
    read(folder) -> Directory     everything usable, and a Fault for each row that is not; raises FolderFault
"""

from services.hsds.parts import Directory, Fault, FolderFault, Kept
from services.hsds.read import read

__all__ = ["Directory", "Fault", "FolderFault", "Kept", "read"]
