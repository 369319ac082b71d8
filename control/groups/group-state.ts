/** PLCopen Motion Control Part 4: the states of a group of axes, and which may follow which. The place in the list is the state's number. */
export const groupStates = [
  'groupDisabled',
  'groupStandby',
  'groupMoving',
  'groupHoming',
  'groupStopping',
  'groupErrorStop',
] as const

export type GroupState = (typeof groupStates)[number]

/** The states as numbers, for the cycle. */
export const groupState = {
  groupDisabled: 0,
  groupStandby: 1,
  groupMoving: 2,
  groupHoming: 3,
  groupStopping: 4,
  groupErrorStop: 5,
} as const satisfies Record<GroupState, number>
export type GroupStateNumber = (typeof groupState)[GroupState]

/** Beside these: every state to groupDisabled, and every one but groupDisabled to groupErrorStop. */
export const groupDiagram: { readonly [from in GroupState]: readonly GroupState[] } = {
  groupDisabled: ['groupStandby'],
  groupStandby: ['groupMoving', 'groupHoming', 'groupStopping'],
  groupMoving: ['groupStandby', 'groupStopping'],
  groupHoming: ['groupStandby', 'groupStopping'],
  groupStopping: ['groupStandby'],
  groupErrorStop: ['groupStandby'],
}

/** To stay in a state is always allowed. */
export function isInGroupDiagram(from: GroupState, to: GroupState): boolean {
  return (
    from === to ||
    to === 'groupDisabled' ||
    (to === 'groupErrorStop' && from !== 'groupDisabled') ||
    groupDiagram[from].includes(to)
  )
}
