/**
 * The C library as this process already has it loaded. Only uio/system/ uses koffi: a wrong signature here is a crash,
 * so every binding sits in this folder and is typed where it is declared.
 *
 * Pointers are BigInt constants or typed arrays, results are ints: those calls allocate nothing on the JavaScript heap.
 * int64 results of 2^31 and more, doubles and structs do allocate: none is used in a cycle.
 */
import koffi from 'koffi'

const self = koffi.load(null)

/** Binds a C function; the caller's annotation states its type. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a C function's type is known to its binding alone
export function bind<F extends (...values: never[]) => unknown>(signature: string): F {
  return self.func(signature) as unknown as F
}

/** errno of this thread's last call. Read it before the next call. */
export function lastErrno(): number {
  return koffi.errno()
}

/** An ArrayBuffer on foreign memory, not a copy. Detach it with `transfer(0)` before that memory is unmapped. */
export function viewMemory(pointer: bigint, bytes: number): ArrayBuffer {
  return koffi.view(pointer, bytes)
}

/** Address of a buffer's own bytes, which stay where they are while the buffer lives. */
export function addressOf(memory: ArrayBuffer | SharedArrayBuffer): bigint {
  return koffi.address(memory)
}
