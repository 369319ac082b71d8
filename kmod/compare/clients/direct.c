// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct <stub|sercos3> <image bytes> <warm-up> <cycles>: works in the card's
 * memory. uio_sercos3 leaves the acknowledging to us and wants a second system
 * call that lets the next interrupt through; both belong to its span.
 */
#include "card.h"
#include "work.h"

static void on_stub(const struct card *card, unsigned int words, struct samples *samples)
{
	uint32_t count;

	do {
		if (read(card->fd, &count, 4) != 4)
			die("read");
		work_in_card(card->inputs, card->outputs, words);
	} while (take_sample(samples, now()));
}

static void on_sercos3(const struct card *card, unsigned int words, struct samples *samples)
{
	const uint32_t on = 1;
	uint32_t count;

	do {
		if (read(card->fd, &count, 4) != 4)
			die("read");
		card->registers[IRR0] = CYCLE_INTERRUPT;
		work_in_card(card->inputs, card->outputs, words);
		if (write(card->fd, &on, 4) != 4)
			die("write");
	} while (take_sample(samples, now()));
}

int main(int argc, char **argv)
{
	struct samples samples;
	unsigned int image;
	struct card card;
	int whole;

	if (argc != 5)
		return 2;
	whole = strcmp(argv[1], "sercos3") == 0;
	image = atoi(argv[2]);
	card = open_uio(whole);
	samples = start_samples(atoi(argv[3]), atoi(argv[4]));
	enable(&card);
	(whole ? on_sercos3 : on_stub)(&card, image / 4, &samples);
	disable(&card);
	print_samples(&samples, argv[1], image);
	return 0;
}
