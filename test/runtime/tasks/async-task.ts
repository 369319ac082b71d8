/** A cyclic task with one async function: its URL's query says which. */
const name = new URL(import.meta.url).searchParams.get('async') ?? 'cycle'

export default { cycle: () => undefined, [name]: async () => Promise.resolve() }
