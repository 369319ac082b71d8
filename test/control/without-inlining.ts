/** What the compiler inlines varies from run to run; a double that a function takes or returns is on the heap wherever it does not. */
export const withoutInlining = [
  '--no-maglev',
  '--max-inlined-bytecode-size=0',
  '--max-inlined-bytecode-size-small=0',
  '--max-inlined-bytecode-size-cumulative=0',
]
