#!/usr/bin/python3
# A FUSE file system that hands everything on to a folder, with manners of its own: odd_disk.py FOLDER MOUNT [MANNER...]
#   first=N    inode numbers count from N, in the order in which files are first seen
#   unstable   each look gives another inode number
#   name=N     a name may have N bytes
import errno
import itertools
import os
import sys

from fusepy import FUSE, FuseOSError, Operations

folder, mount, *manners = sys.argv[1:]
values = dict(manner.split('=') for manner in manners if '=' in manner)
first = int(values['first']) if 'first' in values else None
name_bytes_max = int(values.get('name', 255))
numbers = {}
looks = itertools.count(1_000_000)


class OddDisk(Operations):
    use_ns = True

    def __call__(self, call, path, *given):
        if len(os.fsencode(os.path.basename(path or ''))) > name_bytes_max:
            raise FuseOSError(errno.ENAMETOOLONG)
        try:
            return super().__call__(call, path, *given)
        except OSError as error:
            raise FuseOSError(error.errno) from None

    def getattr(self, path, descriptor=None):
        found = os.fstat(descriptor) if descriptor else os.lstat(folder + path)
        told = {key: getattr(found, key) for key in ('st_mode', 'st_ino', 'st_nlink', 'st_uid', 'st_gid', 'st_size', 'st_blocks')}
        told.update(st_atime=found.st_atime_ns, st_mtime=found.st_mtime_ns, st_ctime=found.st_ctime_ns)
        if 'unstable' in manners:
            told['st_ino'] = next(looks)
        elif first is not None:
            told['st_ino'] = numbers.setdefault(found.st_ino, first + len(numbers))
        return told

    def create(self, path, mode, _info=None):
        descriptor = os.open(folder + path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        numbers.pop(os.fstat(descriptor).st_ino, None)
        return descriptor

    def access(self, path, mode): return 0
    def readdir(self, path, _descriptor): return ['.', '..', *os.listdir(folder + path)]
    def chmod(self, path, mode): return os.chmod(folder + path, mode)
    def chown(self, path, uid, gid): return os.lchown(folder + path, uid, gid)
    def mkdir(self, path, mode): return os.mkdir(folder + path, mode)
    def rmdir(self, path): return os.rmdir(folder + path)
    def unlink(self, path): return os.unlink(folder + path)
    def rename(self, old, new): return os.rename(folder + old, folder + new)
    def link(self, new, old): return os.link(folder + old, folder + new)
    def open(self, path, flags): return os.open(folder + path, flags & ~os.O_APPEND)
    def read(self, _path, size, offset, descriptor): return os.pread(descriptor, size, offset)
    def write(self, _path, data, offset, descriptor): return os.pwrite(descriptor, data, offset)
    def truncate(self, path, length, descriptor=None): return os.truncate(folder + path, length)
    def release(self, _path, descriptor): return os.close(descriptor)
    def fsync(self, _path, _data_only, descriptor): return os.fsync(descriptor)
    def utimens(self, path, times=None): return os.utime(folder + path, ns=(int(times[0]), int(times[1])), follow_symlinks=False)


timeouts = dict(attr_timeout=0, entry_timeout=0) if 'unstable' in manners else {}
FUSE(OddDisk(), mount, foreground=True, allow_other=True, default_permissions=True, use_ino=True, **timeouts)
