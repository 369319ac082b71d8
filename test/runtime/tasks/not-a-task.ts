/** A module that is no cyclic task: its default export has no cycle. */
export default { setup: () => undefined }
