/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands for a control program, the same in every client: each output word
 * is the input word plus one. Written out eight words at a time, as the
 * TypeScript side's copies are.
 */
#pragma once

#include <stdint.h>

/* In the card's memory: one load and one store of 32 bits per word. `words`: a multiple of eight. */
static inline void work_in_card(const volatile uint32_t *inputs, volatile uint32_t *outputs,
				unsigned int words)
{
	for (; words > 0; words -= 8, inputs += 8, outputs += 8) {
		outputs[0] = inputs[0] + 1;
		outputs[1] = inputs[1] + 1;
		outputs[2] = inputs[2] + 1;
		outputs[3] = inputs[3] + 1;
		outputs[4] = inputs[4] + 1;
		outputs[5] = inputs[5] + 1;
		outputs[6] = inputs[6] + 1;
		outputs[7] = inputs[7] + 1;
	}
}

/* In buffers: the compiler takes several words at once. */
static inline void work_in_buffers(const uint32_t *restrict inputs, uint32_t *restrict outputs,
				   unsigned int words)
{
	for (; words > 0; words -= 8, inputs += 8, outputs += 8) {
		outputs[0] = inputs[0] + 1;
		outputs[1] = inputs[1] + 1;
		outputs[2] = inputs[2] + 1;
		outputs[3] = inputs[3] + 1;
		outputs[4] = inputs[4] + 1;
		outputs[5] = inputs[5] + 1;
		outputs[6] = inputs[6] + 1;
		outputs[7] = inputs[7] + 1;
	}
}
