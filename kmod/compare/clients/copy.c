// SPDX-License-Identifier: GPL-2.0-only
/* copy <image bytes> <warm-up> <cycles>: works in buffers that dualport_copy fills and fetches. */
#include "stamp.h"
#include "work.h"

int main(int argc, char **argv)
{
	static uint32_t inputs[2048], outputs[2048];
	struct samples samples;
	unsigned int image;
	int fd;

	if (argc != 4)
		return 2;
	image = atoi(argv[1]);
	samples = start_samples(atoi(argv[2]), atoi(argv[3]));
	fd = open("/dev/dualport_copy", O_RDWR);
	if (fd < 0)
		die("/dev/dualport_copy");
	do {
		if (read(fd, inputs, image) != image)
			die("read");
		work_in_buffers(inputs, outputs, image / 4);
		if (write(fd, outputs, image) != image)
			die("write");
	} while (take_sample(&samples, now()));
	close(fd);
	print_samples(&samples, "copy", image);
	return 0;
}
