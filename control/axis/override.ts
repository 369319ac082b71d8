/** MC_SetOverride: factors on what commands ask for. Whatever they are, the axis's own limits hold. */
export class Override {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** 0 is a pause: the axis stands, and goes on when the factor is raised again. */
  velocity = 0.5
  /** Positive. */
  acceleration = 0.5
  jerk = 0.5

  constructor() {
    this.velocity = 1
    this.acceleration = 1
    this.jerk = 1
  }
}

/** Factors above it are refused. */
export const mostOverride = 10
