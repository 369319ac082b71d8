/* The control law: C twins of control/jerk-limited-profile.ts, velocity-ramp.ts and setpoint-generator.ts. */
#pragma once

#include <math.h>
#include <stdbool.h>

/* Unlike fmin and fmax these need no call: nothing here is NaN. */
static inline double smaller_of(double a, double b)
{
	return a < b ? a : b;
}

static inline double larger_of(double a, double b)
{
	return a > b ? a : b;
}

struct limits {
	double position_min, position_max, velocity, acceleration, jerk, following_error;
};

struct profile {
	double time, position, velocity, acceleration, duration;
	double start, end, distance, direction, jerk, jerk_time, ramp_time, peak_acceleration, peak_velocity;
};

struct ramp {
	double position, velocity, acceleration, target, max_acceleration, max_jerk, time, duration, end_position;
	double position0, velocity0, acceleration0, jerk1, time1, position1, velocity1, acceleration1, time2, jerk3;
};

enum source { SOURCE_REST, SOURCE_PROFILE, SOURCE_RAMP };

struct generator {
	double position, velocity, acceleration;
	struct profile profile;
	struct ramp ramp, brake;
	enum source source;
};

static inline void first_half(struct profile *p, double t)
{
	double travel, velocity, acceleration;

	if (t < p->jerk_time) {
		acceleration = p->jerk * t;
		velocity = 0.5 * acceleration * t;
		travel = velocity * t / 3;
	} else if (t < p->ramp_time - p->jerk_time) {
		double held = t - p->jerk_time;
		double entry = 0.5 * p->peak_acceleration * p->jerk_time;

		acceleration = p->peak_acceleration;
		velocity = entry + acceleration * held;
		travel = entry * p->jerk_time / 3 + (entry + 0.5 * acceleration * held) * held;
	} else if (t < p->ramp_time) {
		double left = p->ramp_time - t;
		double missing = 0.5 * p->jerk * left * left;

		acceleration = p->jerk * left;
		velocity = p->peak_velocity - missing;
		travel = p->peak_velocity * (0.5 * p->ramp_time - left) + missing * left / 3;
	} else {
		acceleration = 0;
		velocity = p->peak_velocity;
		travel = p->peak_velocity * (t - 0.5 * p->ramp_time);
	}
	p->position = smaller_of(travel, p->distance);
	p->velocity = p->direction * velocity;
	p->acceleration = p->direction * acceleration;
}

static inline void evaluate_profile(struct profile *p)
{
	if (p->time >= p->duration) {
		p->position = p->end;
		p->velocity = 0;
		p->acceleration = 0;
	} else if (p->time + p->time <= p->duration) {
		first_half(p, p->time);
		p->position = p->start + p->direction * p->position;
	} else {
		first_half(p, p->duration - p->time);
		p->position = p->end - p->direction * p->position;
		p->acceleration = -p->acceleration;
	}
}

/* A move long enough to reach every limit, as the bench's are. */
static inline void plan_long_profile(struct profile *p, double start, double end, double velocity, double acceleration,
				     double jerk)
{
	p->start = start;
	p->end = end;
	p->distance = fabs(end - start);
	p->direction = end < start ? -1 : 1;
	p->jerk = jerk;
	p->jerk_time = smaller_of(acceleration / jerk, sqrt(velocity / jerk));
	p->ramp_time = p->jerk_time + velocity / (jerk * p->jerk_time);
	p->peak_acceleration = jerk * p->jerk_time;
	p->peak_velocity = velocity;
	p->duration = p->ramp_time + p->distance / velocity;
	p->time = 0;
}

static inline void plan_ramp(struct ramp *r)
{
	double jerk = r->max_jerk, limit = r->max_acceleration;
	double settled = r->velocity + r->acceleration * fabs(r->acceleration) / (2 * jerk);
	double direction = r->target >= settled ? 1 : -1;
	double start = direction * r->acceleration;
	double change = direction * (r->target - r->velocity);
	double peak = larger_of(sqrt(larger_of(jerk * change + 0.5 * start * start, 0)), start);
	double hold = 0, time1, time3;

	if (peak > limit) {
		peak = limit;
		hold = larger_of((change - fabs(limit - start) * (limit + start) / (2 * jerk) - limit * limit / (2 * jerk)) / limit, 0);
	}
	time1 = fabs(peak - start) / jerk;
	r->jerk1 = peak >= start ? direction * jerk : -direction * jerk;
	r->jerk3 = -direction * jerk;
	r->position0 = r->position;
	r->velocity0 = r->velocity;
	r->acceleration0 = r->acceleration;
	r->time1 = time1;
	r->acceleration1 = direction * peak;
	r->velocity1 = r->velocity + (r->acceleration + 0.5 * r->jerk1 * time1) * time1;
	r->position1 = r->position + (r->velocity + (0.5 * r->acceleration + r->jerk1 * time1 / 6) * time1) * time1;
	r->time2 = time1 + hold;
	time3 = peak / jerk;
	r->duration = r->time2 + time3;
	r->end_position = r->position1 + (r->velocity1 + 0.5 * r->acceleration1 * hold) * hold +
			  (r->target + r->jerk3 * time3 * time3 / 6) * time3;
	r->time = 0;
}

static inline void evaluate_ramp(struct ramp *r)
{
	double t = r->time;

	if (t >= r->duration) {
		r->acceleration = 0;
		r->velocity = r->target;
		r->position = r->end_position + r->target * (t - r->duration);
	} else if (t < r->time1) {
		r->acceleration = r->acceleration0 + r->jerk1 * t;
		r->velocity = r->velocity0 + (r->acceleration0 + 0.5 * r->jerk1 * t) * t;
		r->position = r->position0 + (r->velocity0 + (0.5 * r->acceleration0 + r->jerk1 * t / 6) * t) * t;
	} else if (t < r->time2) {
		double held = t - r->time1;

		r->acceleration = r->acceleration1;
		r->velocity = r->velocity1 + r->acceleration1 * held;
		r->position = r->position1 + (r->velocity1 + 0.5 * r->acceleration1 * held) * held;
	} else {
		double left = r->duration - t;

		r->acceleration = -r->jerk3 * left;
		r->velocity = r->target + 0.5 * r->jerk3 * left * left;
		r->position = r->end_position - (r->target + r->jerk3 * left * left / 6) * left;
	}
}

static inline double turn_position(const struct ramp *r)
{
	double root;

	if (r->velocity0 * r->acceleration0 >= 0 || r->velocity0 * r->jerk1 < 0)
		return r->position0;
	root = r->acceleration0 * r->acceleration0 - 2 * r->jerk1 * r->velocity0;
	if (root <= 0)
		return r->position0;
	root = 2 * fabs(r->velocity0) / (fabs(r->acceleration0) + sqrt(root));
	return r->position0 + (r->velocity0 + (0.5 * r->acceleration0 + r->jerk1 * root / 6) * root) * root;
}

static inline bool leaves_limits(struct generator *g, const struct limits *limits)
{
	struct ramp *brake = &g->brake;
	double turn, high, low;

	brake->position = g->ramp.position;
	brake->velocity = g->ramp.velocity;
	brake->acceleration = g->ramp.acceleration;
	plan_ramp(brake);
	turn = turn_position(brake);
	high = larger_of(brake->end_position, turn);
	if (high > limits->position_max && high > g->position)
		return true;
	low = smaller_of(brake->end_position, turn);
	return low < limits->position_min && low < g->position;
}

static inline void change_velocity(struct generator *g, double velocity, double acceleration, double jerk)
{
	g->ramp.position = g->position;
	g->ramp.velocity = g->velocity;
	g->ramp.acceleration = g->acceleration;
	g->ramp.target = velocity;
	g->ramp.max_acceleration = acceleration;
	g->ramp.max_jerk = jerk;
	plan_ramp(&g->ramp);
	g->source = SOURCE_RAMP;
}

/* False: the motion of the bench came to an end or to a limit, which it must not. */
static inline bool step_generator(struct generator *g, const struct limits *limits, double cycle_s)
{
	if (g->source == SOURCE_PROFILE) {
		g->profile.time += cycle_s;
		evaluate_profile(&g->profile);
		g->position = g->profile.position;
		g->velocity = g->profile.velocity;
		g->acceleration = g->profile.acceleration;
		return g->profile.time < g->profile.duration;
	}
	if (g->source == SOURCE_RAMP) {
		g->ramp.time += cycle_s;
		evaluate_ramp(&g->ramp);
		if (leaves_limits(g, limits))
			return false;
		g->position = g->ramp.position;
		g->velocity = g->ramp.velocity;
		g->acceleration = g->ramp.acceleration;
	}
	return true;
}
