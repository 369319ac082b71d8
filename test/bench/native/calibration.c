/* The unit of the otg bench: a fixed work of doubles of the kind that a trajectory needs. Each line on stdin asks for that
 * many rounds and is answered with the nanoseconds that they took, and a checksum that keeps the work from being left out. */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* One round: Newton's method, eight steps, for a root of a cubic whose coefficients depend on the round before: multiplications
 * and additions in a row, a division a step, a square root and two branches a round. */
static double work(long rounds)
{
	double last = 0.5, sum = 0;

	for (long n = 0; n < rounds; n++) {
		double a = 1 + last * 0.25, b = 2 - last, c = (double)(n & 63) * 0.125 + 1;
		double x = sqrt(c * a + b * b);

		for (int step = 0; step < 8; step++) {
			double over = x * (x * (a * x + b) + 1) - c;
			double slope = x * (3 * a * x + 2 * b) + 1;

			x -= over / slope;
		}
		if (x > 1)
			x = 1 / x;
		if (x < 0)
			x = -x;
		last = x;
		sum += x;
	}
	return sum;
}

int main(void)
{
	long rounds;

	while (scanf("%ld", &rounds) == 1) {
		int64_t begin = now();
		double sum = work(rounds);

		printf("%" PRId64 " %.17g\n", now() - begin, sum);
		fflush(stdout);
	}
	return 0;
}
