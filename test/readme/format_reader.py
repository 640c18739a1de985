"""A reader of pino-rotor's archives that follows docs/format.md and shares no code with pino-rotor.

It counts lines by level and by time from the headers alone, finds the lines of a field's value by the filters, and prints what it found as JSON:

    python3 format_reader.py ARCHIVE LEVEL SINCE_MS UNTIL_MS FIELD VALUE
"""
import json
import struct
import sys
import zlib

START = bytes([0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 3])
MASK = 0xFFFFFFFF


def header_at(data, at):
    """The header at the offset, or None where the document says that it does not count."""
    if data[at:at + 10] != START or len(data) < at + 16:
        return None
    (extra,) = struct.unpack_from('<H', data, at + 10)
    (length,) = struct.unpack_from('<H', data, at + 14)
    end = at + 12 + extra
    if data[at + 12:at + 14] != b'PR' or length != extra - 4 or extra < 80 or end > len(data):
        return None
    (checksum,) = struct.unpack_from('<I', data, end - 4)
    if zlib.crc32(data[at:end - 4]) != checksum:
        return None
    version, level_count, filter_count, _key, member_bytes, lines_bytes, lines_crc, lines, timed, unclear_time, unclear_level = struct.unpack_from('<BBBBQQIIIII', data, at + 16)
    if version != 1 or level_count > 32 or filter_count > 4:
        return None
    first, last, earliest, latest = struct.unpack_from('<dddd', data, at + 56)
    position = at + 88
    levels = {}
    for _ in range(level_count):
        level, count = struct.unpack_from('<HI', data, position)
        levels[level] = count
        position += 6
    filters = {}
    for _ in range(filter_count):
        name_end = position + 1 + data[position]
        (bits,) = struct.unpack_from('<H', data, name_end)
        filters[data[position + 1:name_end].decode()] = data[name_end + 2:name_end + 2 + bits]
        position = name_end + 2 + bits
    if position != end - 4 or sum(levels.values()) + unclear_level > lines or timed + unclear_time > lines:
        return None
    # The end of the member confirms its length.
    next_at = at + member_bytes
    if next_at > len(data) or struct.unpack_from('<II', data, next_at - 8) != (lines_crc, lines_bytes & MASK):
        return None
    if next_at < len(data) and data[next_at:next_at + 3] != START[:3]:
        return None
    return {'next': next_at, 'lines': lines, 'timed': timed, 'unclear_time': unclear_time, 'unclear_level': unclear_level, 'last': last, 'earliest': earliest, 'latest': latest, 'levels': levels, 'filters': filters}


def mix(x):
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & MASK
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & MASK
    return x ^ (x >> 16)


def may_hold(bits, text):
    if len(bits) == 0:
        return True
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & MASK
    position = mix(value)
    step = mix((value + 0x9E3779B9) & MASK)
    for n in range(1, 11):
        bit = position % (8 * len(bits))
        if not bits[bit >> 3] & (1 << (bit & 7)):
            return False
        position = (position + step) & MASK
        step = (step + n) & MASK
    return True


def blocks(data):
    at = 0
    while at < len(data):
        header = header_at(data, at)
        if header is None:
            # Another gzip member, such as a bundle's marker. Unpack it to find its end.
            unpacker = zlib.decompressobj(31)
            lines = unpacker.decompress(data[at:])
            at = len(data) - len(unpacker.unused_data)
            if lines:
                raise SystemExit('this member has lines and no header')
            continue
        yield header, data[at:header['next']]
        at = header['next']


def main(path, level, since, until, field, value):
    with open(path, 'rb') as file:
        data = file.read()
    found = {'blocks': 0, 'lines': 0, 'levels': {}, 'unpackedForLevel': 0, 'unpackedForTime': 0, 'unpackedForValue': 0, 'ofLevel': 0, 'ofTime': 0, 'ofValue': []}
    for header, member in blocks(data):
        records = None

        def parsed():
            nonlocal records
            if records is None:
                records = [json.loads(line) for line in zlib.decompress(member, 31).splitlines()]
            return records
        found['blocks'] += 1
        found['lines'] += header['lines']
        for number, count in header['levels'].items():
            found['levels'][number] = found['levels'].get(number, 0) + count
        if header['unclear_level'] or any(number >= level for number in header['levels']):
            found['unpackedForLevel'] += 1
            found['ofLevel'] += sum(1 for record in parsed() if record['level'] >= level)
        if header['unclear_time'] or (header['timed'] and header['earliest'] <= until and header['latest'] >= since):
            found['unpackedForTime'] += 1
            found['ofTime'] += sum(1 for record in parsed() if since <= record['time'] <= until)
        if field not in header['filters'] or may_hold(header['filters'][field], value):
            found['unpackedForValue'] += 1
            found['ofValue'] += [record['n'] for record in parsed() if str(record.get(field)) == value]
    json.dump(found, sys.stdout)


main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5], sys.argv[6])
