/* The twin of the control bench: interpolation (a trajectory's segments of constant jerk) and the cascade of position and
 * velocity, in the order of operations of control/trajectory/profile.ts and control/loops/cascade.ts, so that every bit agrees.
 * A motor without surprises closes the loop. The axes come as numbers on stdin; each line after them asks for that many cycles
 * and is answered with nanoseconds and a hash of what the axes have come to. To be compiled without contraction. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_SEGMENTS 18
#define MOST_AXES 64

struct profile {
	int count, at;
	double duration;
	double times[MOST_SEGMENTS + 1], positions[MOST_SEGMENTS + 1];
	double velocities[MOST_SEGMENTS + 1], accelerations[MOST_SEGMENTS + 1];
	double jerks[MOST_SEGMENTS + 1];
	double position, velocity, acceleration;
};

struct biquad {
	double b0, b1, b2, a1, a2, state1, state2;
};

struct axis {
	struct profile ways[2];
	int way;
	double time;
	/* cascade */
	double position_gain, velocity_feed_forward, velocity_max, velocity_min, velocity_gain;
	double integral_share, tracking_share, torque_max, torque_min, inertia;
	double viscous, coulomb, surplus, per_stribeck_squared, per_smoothing;
	struct biquad filter;
	double torque, integral;
	/* motor */
	double per_inertia, damping, position, velocity;
};

static struct axis axes[MOST_AXES];
static int count;
static double cycle;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static double number(void)
{
	double value;

	if (scanf("%lf", &value) != 1)
		exit(1);
	return value;
}

static void read_profile(struct profile *profile)
{
	profile->count = (int)number();
	if (profile->count > MOST_SEGMENTS)
		exit(1);
	profile->duration = number();
	for (int n = 0; n <= profile->count; n++) {
		profile->times[n] = number();
		profile->positions[n] = number();
		profile->velocities[n] = number();
		profile->accelerations[n] = number();
		profile->jerks[n] = number();
	}
}

static void read_axis(struct axis *axis)
{
	double *const numbers[] = {
		&axis->position_gain, &axis->velocity_feed_forward, &axis->velocity_max,
		&axis->velocity_min, &axis->velocity_gain, &axis->integral_share,
		&axis->tracking_share, &axis->torque_max, &axis->torque_min, &axis->inertia,
		&axis->viscous, &axis->coulomb, &axis->surplus, &axis->per_stribeck_squared,
		&axis->per_smoothing, &axis->filter.b0, &axis->filter.b1, &axis->filter.b2,
		&axis->filter.a1, &axis->filter.a2, &axis->per_inertia, &axis->damping,
		&axis->position,
	};

	read_profile(&axis->ways[0]);
	read_profile(&axis->ways[1]);
	for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++)
		*numbers[n] = number();
}

static void sample(struct profile *profile, double time)
{
	int n = profile->at;
	double t, jerk, a, v;

	if (time < profile->times[n])
		n = 0;
	while (n < profile->count - 1 && time >= profile->times[n + 1])
		n++;
	profile->at = n;
	t = time - profile->times[n];
	if (!(t > 0))
		t = 0;
	jerk = n < profile->count ? profile->jerks[n] : 0;
	a = profile->accelerations[n];
	v = profile->velocities[n];
	profile->acceleration = a + t * jerk;
	profile->velocity = v + t * (a + (t * jerk) / 2);
	profile->position = profile->positions[n] + t * (v + t * (a / 2 + (t * jerk) / 6));
}

static double compensate(const struct axis *axis, double v)
{
	double base = 1 + v * v * axis->per_stribeck_squared;
	double base2 = base * base;
	double base4 = base2 * base2;
	double base8 = base4 * base4;
	double dry = axis->coulomb + axis->surplus / (base8 * base8);
	double share = v * axis->per_smoothing;

	if (share > 1)
		share = 1;
	else if (share < -1)
		share = -1;
	return share * dry + axis->viscous * v;
}

static double filtered_by(struct biquad *filter, double x)
{
	double y = filter->b0 * x + filter->state1;

	filter->state1 = filter->b1 * x - filter->a1 * y + filter->state2;
	filter->state2 = filter->b2 * x - filter->a2 * y;
	return y;
}

static void control(struct axis *axis, const struct profile *setpoint)
{
	double wanted = axis->position_gain * (setpoint->position - axis->position) +
			axis->velocity_feed_forward * setpoint->velocity;
	double commanded = wanted, forward, filtered, torque, proportional;

	if (commanded > axis->velocity_max)
		commanded = axis->velocity_max;
	else if (commanded < axis->velocity_min)
		commanded = axis->velocity_min;
	forward = axis->inertia * setpoint->acceleration + compensate(axis, setpoint->velocity) + 0.0;
	filtered = filtered_by(&axis->filter, axis->velocity_gain * (commanded - axis->velocity) +
					      axis->integral + forward);
	torque = filtered;
	if (torque > axis->torque_max)
		torque = axis->torque_max;
	else if (torque < axis->torque_min)
		torque = axis->torque_min;
	axis->torque = torque;
	proportional = axis->velocity_gain * (commanded - axis->velocity);
	axis->integral += axis->integral_share * proportional +
			  axis->tracking_share * (torque - filtered);
}

static void step(struct axis *axis)
{
	struct profile *way = &axis->ways[axis->way];

	axis->time += cycle;
	if (axis->time >= way->duration) {
		axis->time -= way->duration;
		axis->way = 1 - axis->way;
		way = &axis->ways[axis->way];
	}
	sample(way, axis->time);
	control(axis, way);
	axis->velocity += (axis->torque * axis->per_inertia - axis->damping * axis->velocity) * cycle;
	axis->position += axis->velocity * cycle;
}

static uint64_t hashed(uint64_t hash, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return (hash ^ bits) * UINT64_C(0x100000001b3);
}

int main(void)
{
	long cycles;

	count = (int)number();
	cycle = number();
	if (count > MOST_AXES)
		return 1;
	for (int n = 0; n < count; n++)
		read_axis(&axes[n]);
	while (scanf("%ld", &cycles) == 1) {
		uint64_t hash = UINT64_C(0xcbf29ce484222325);
		int64_t begin = now(), end;

		for (long k = 0; k < cycles; k++)
			for (int n = 0; n < count; n++)
				step(&axes[n]);
		end = now();
		for (int n = 0; n < count; n++) {
			hash = hashed(hash, axes[n].torque);
			hash = hashed(hash, axes[n].integral);
			hash = hashed(hash, axes[n].position);
		}
		printf("%" PRId64 " %" PRIx64 "\n", end - begin, hash);
		fflush(stdout);
	}
	return 0;
}
