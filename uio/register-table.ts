/** The shape of a card's register table: data alone, shared by driver, emulator, docs and tools. */

/**
 * What an access does. `w1c`: writing 1 clears; `rc`: reading clears; `selfClear`: reads 1 until the act
 * is done; `latch`: holds an event until it is read or cleared.
 */
export type RegisterAccess = 'r' | 'w' | 'rw' | 'w1c' | 'rc' | 'selfClear' | 'latch'

/** A field: [high, low] bit numbers as manuals print them, with an access of its own where a register mixes them. */
export type BitField =
  | readonly [high: number, low: number]
  | { readonly bits: readonly [high: number, low: number]; readonly access: RegisterAccess }

export type Register = {
  /** Byte offset in the register window. */
  readonly offset: number
  readonly width: 8 | 16 | 32
  readonly access: RegisterAccess
  readonly about: string
  /** `read` in a source, `tried` on a model or card, `inferred` by us. */
  readonly known: 'read' | 'tried' | 'inferred'
  /** Standard, data sheet, kernel file or paper the row comes from. */
  readonly source: string
  readonly bits?: { readonly [field: string]: BitField }
}

export type RegisterTable = { readonly [name: string]: Register }

/** A register that may be written: writing an `r` register does not compile. */
export type WritableRegister = Register & { readonly access: Exclude<RegisterAccess, 'r' | 'rc'> }
