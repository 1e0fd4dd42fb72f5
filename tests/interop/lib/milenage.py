"""Milenage: TS 35.206; authentication vectors and resynchronisation: TS 33.102 clause 6.3 and Annex C.

Written apart from the product, in plain Python, so that the two check each other.
"""

import functools


def _make_sbox():
    """The AES S-box from its definition (FIPS 197 clause 5.1.1)."""
    sbox, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ ((p << 1) & 0xFF) ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        rotated = [(q << n | q >> (8 - n)) & 0xFF for n in range(5)]
        sbox[p] = functools.reduce(lambda a, b: a ^ b, rotated) ^ 0x63
        if p == 1:
            sbox[0] = 0x63
            return sbox


_SBOX = _make_sbox()


def _double(value):
    return ((value << 1) ^ (0x1B if value & 0x80 else 0)) & 0xFF


def _mix(column):
    every = column[0] ^ column[1] ^ column[2] ^ column[3]
    return [column[i] ^ every ^ _double(column[i] ^ column[(i + 1) % 4]) for i in range(4)]


@functools.lru_cache(maxsize=4096)
def _round_keys(key):
    words, constant = [list(key[i:i + 4]) for i in range(0, 16, 4)], 1
    for i in range(4, 44):
        word = list(words[i - 1])
        if i % 4 == 0:
            word = [_SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _double(constant)
        words.append([a ^ b for a, b in zip(words[i - 4], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 44, 4)]


def aes128(key, block):
    """One block of AES-128 (FIPS 197)."""
    keys = _round_keys(bytes(key))
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number in range(1, 11):
        state = [_SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 10:
            state = sum((_mix(state[i:i + 4]) for i in range(0, 16, 4)), [])
        state = [a ^ b for a, b in zip(state, keys[number])]
    return bytes(state)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def opc_of(k, op):
    return xor(aes128(k, op), op)


class milenage:
    """f1 to f5* for one subscriber and one RAND; every value in bytes."""

    def __init__(self, k, opc, rand):
        self.k, self.opc = k, opc
        self.temp = aes128(k, xor(rand, opc))
        out2 = self._out(0, 1)
        self.res, self.ak = out2[8:], out2[:6]
        self.ck = self._out(4, 2)
        self.ik = self._out(8, 4)
        self.ak_star = self._out(12, 8)[:6]

    def _out(self, rotation, constant):
        shifted = xor(self.temp, self.opc)
        shifted = shifted[rotation:] + shifted[:rotation]
        return xor(aes128(self.k, xor(shifted, bytes(15) + bytes([constant]))), self.opc)

    def _out1(self, sqn, amf):
        word = xor((sqn + amf) * 2, self.opc)
        word = word[8:] + word[:8]
        return xor(aes128(self.k, xor(self.temp, word)), self.opc)

    def mac_a(self, sqn, amf):
        return self._out1(sqn, amf)[:8]

    def mac_s(self, sqn, amf):
        return self._out1(sqn, amf)[8:]

    def autn(self, sqn, amf):
        return xor(sqn, self.ak) + amf + self.mac_a(sqn, amf)

    def auts(self, sqn_ms):
        """TS 33.102 clause 6.3.3: AMF* is all zeroes."""
        return xor(sqn_ms, self.ak_star) + self.mac_s(sqn_ms, b"\0\0")
