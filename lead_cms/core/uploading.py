"""Uploads stay in memory, whole or not at all: the framework would write what is large to the disk, in clear."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class InMemory(FileUploadHandler):
    """All files of a request together hold at most FILES_MOST_BYTES; a larger one is let go and says its size."""

    def __init__(self, request=None):
        super().__init__(request)
        self.left = settings.FILES_MOST_BYTES
        self.file: BytesIO | None = None

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        self.left -= len(raw_data)
        if self.left < 0:
            self.file = None
        elif self.file is not None:
            self.file.write(raw_data)
        return None

    def file_complete(self, file_size):
        told = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        if self.file is None:
            return TooLarge(BytesIO(), *told)
        self.file.seek(0)
        return InMemoryUploadedFile(self.file, self.field_name, *told)


class TooLarge(UploadedFile):
    """Nothing of it was kept but its name and size."""
