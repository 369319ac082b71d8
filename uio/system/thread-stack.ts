/** Where the calling thread's stack lies: /proc tells it for the main thread alone. */
import { bind } from './libc.ts'

const cSelf: () => bigint | number = bind('uintptr_t pthread_self()')
const cGetAttributes: (thread: bigint | number, attributes: Uint8Array) => number = bind(
  'int pthread_getattr_np(uintptr_t thread, void *attributes)',
)
const cGetStack: (
  attributes: Uint8Array,
  address: BigUint64Array,
  bytes: BigUint64Array,
) => number = bind('int pthread_attr_getstack(const void *attributes, void *address, void *bytes)')
const cDestroy: (attributes: Uint8Array) => number = bind(
  'int pthread_attr_destroy(void *attributes)',
)

/** Undefined where the C library does not tell. Without the guard page. */
export function threadStack(): { readonly pointer: bigint; readonly bytes: number } | undefined {
  // pthread_attr_t is 56 bytes on x86-64 and 64 on arm64
  const attributes = new Uint8Array(128)
  if (cGetAttributes(cSelf(), attributes) !== 0) return undefined
  const address = new BigUint64Array(1)
  const bytes = new BigUint64Array(1)
  const failed = cGetStack(attributes, address, bytes)
  cDestroy(attributes)
  if (failed !== 0) return undefined
  return { pointer: address[0] as bigint, bytes: Number(bytes[0]) }
}
