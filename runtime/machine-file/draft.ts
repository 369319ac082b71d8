/** A machine file before the schema had its say: anything may be missing. */
import type { MachineFile } from './schema.ts'

export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T

export type MachineDraft = Draft<MachineFile>
