// SPDX-License-Identifier: GPL-2.0-only
/*
 * wake <warm-up> <cycles>: the floor, from the interrupt to the return of a
 * bare 4-byte read of dualport_uio. One output word tells the card to go on.
 */
#include "card.h"

int main(int argc, char **argv)
{
	struct samples samples;
	struct card card;
	uint32_t count, end;

	if (argc != 3)
		return 2;
	card = open_uio(0);
	samples = start_samples(atoi(argv[1]), atoi(argv[2]));
	enable(&card);
	do {
		if (read(card.fd, &count, 4) != 4)
			die("read");
		end = now();
		card.outputs[0] = card.inputs[0] + 1;
	} while (take_sample(&samples, end));
	disable(&card);
	print_samples(&samples, "wake", 4);
	return 0;
}
