#!/usr/bin/python3
# A FUSE file system that hands everything on to a folder, with manners of its own: odd_disk.py FOLDER MOUNT [MANNER...]
#   first=N    inode numbers count from N, in the order in which files are first seen
#   unstable   each look gives another inode number
#   name=N     a name may have N bytes
#   exdev      visible files are never renamed or linked, as where a quota project differs
#   folding    upper and lower case are the same in names
#   nochown    nothing changes owners or modes (EINVAL)
#   noutimes   nothing changes times, and nothing is synced (ENOTSUP)
#   zero       the disk says that it has no blocks
#   link=E     no file gets a second name (E)
#   sync=E     nothing is synced (E)
#   slow       a rename takes 100 ms
#   stale      a listing shows the names of the last second, also those that are gone
import errno
import itertools
import os
import sys
import time

from fusepy import FUSE, FuseOSError, Operations

folder, mount, *manners = sys.argv[1:]
values = dict(manner.split('=') for manner in manners if '=' in manner)
first = int(values['first']) if 'first' in values else None
name_bytes_max = int(values.get('name', 255))
numbers = {}
seen = {}
looks = itertools.count(1_000_000)


def standing(path):
    # The name as it stands in the folder, whatever the case in which it is asked for.
    if path in (None, '/'):
        return path
    parent, name = os.path.split(path)
    return os.path.join(parent, next((found for found in os.listdir(folder + parent) if found.lower() == name.lower()), name))


class OddDisk(Operations):
    use_ns = True

    def __call__(self, call, path, *given):
        if call in ('rename', 'link') and 'exdev' in manners and not os.path.basename(path if call == 'rename' else given[0]).startswith('.'):
            raise FuseOSError(errno.EXDEV)
        if call in ('chown', 'chmod') and 'nochown' in manners:
            raise FuseOSError(errno.EINVAL)
        if call == 'link' and 'link' in values:
            raise FuseOSError(getattr(errno, values['link']))
        if call in ('fsync', 'fsyncdir') and 'sync' in values:
            raise FuseOSError(getattr(errno, values['sync']))
        if call == 'rename' and 'slow' in manners:
            time.sleep(0.1)
        if call in ('utimens', 'fsync', 'fsyncdir') and 'noutimes' in manners:
            raise FuseOSError(errno.ENOTSUP)
        if 'folding' in manners:
            path = standing(path)
            if call in ('rename', 'link'):
                given = [standing(given[0]), *given[1:]]
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

    def statfs(self, path):
        found = os.statvfs(folder)
        told = {key: getattr(found, key) for key in ('f_bavail', 'f_bfree', 'f_blocks', 'f_bsize', 'f_favail', 'f_ffree', 'f_files', 'f_frsize')}
        return {key: 0 if 'zero' in manners and key != 'f_bsize' else value for key, value in told.items()} | {'f_namemax': name_bytes_max}

    def readdir(self, path, _descriptor):
        names = os.listdir(folder + path)
        if 'stale' in manners:
            now = time.monotonic()
            seen.update({(path, name): now for name in names})
            names = [name for (listed, name), at in seen.items() if listed == path and now - at < 1]
        return ['.', '..', *names]

    def access(self, path, mode): return 0
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
