import { expect, test } from 'vitest'
import { lockableRanges } from './memory-lock.ts'

test('code, data and zero-initialised data of programs may be locked, the JavaScript heap never', () => {
  const maps = `\
00400000-0082e000 r--p 00000000 fe:00 131 /opt/with space/node
0082e000-03489000 r-xp 0042e000 fe:00 131 /opt/with space/node
072dc000-07308000 rw-p 06edb000 fe:00 131 /opt/with space/node
07308000-0735a000 rw-p 00000000 00:00 0
1fd64000-1ffda000 rw-p 00000000 00:00 0 [heap]
386085c0000-38608600000 rw-p 00000000 00:00 0
7f4d04000000-7f4d23dc0000 rwxp 00000000 00:00 0
7f4d30000000-7f4d30001000 ---p 00001000 fe:00 7 /lib/libc.so.6
7f4d30001000-7f4d30002000 r-xp 00002000 fe:00 7 /lib/libc.so.6
7f4d40000000-7f4d40010000 rw-s 00000000 00:01 9 /memfd:card (deleted)
7f4d50000000-7f4d50001000 r--p 00000000 fe:00 8 /usr/lib/locale/C.utf8/LC_CTYPE
7fff00000000-7fff00021000 rw-p 00000000 00:00 0 [stack]
`
  expect(lockableRanges(maps)).toEqual([
    { pointer: 0x400000n, bytes: 0x42e000 },
    { pointer: 0x82e000n, bytes: 0x2c5b000 },
    { pointer: 0x72dc000n, bytes: 0x2c000 },
    { pointer: 0x7308000n, bytes: 0x52000 },
    { pointer: 0x1fd64000n, bytes: 0x276000 },
    { pointer: 0x7f4d30001000n, bytes: 0x1000 },
  ])
})
