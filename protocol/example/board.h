/* What firmware.c wants from a board.  Everything returns at once. */
#ifndef NP_PROTOCOL_EXAMPLE_BOARD_H
#define NP_PROTOCOL_EXAMPLE_BOARD_H

#include "protocol/executor.h"

uint64_t board_clock_us(void);             /* 64 bits, never less than before: a timer of 32 bits is widened */
bool board_serial_read(uint8_t *out_byte); /* false: nothing there */
bool board_serial_can_write(void);         /* the last frame has left */
void board_serial_write(const uint8_t *bytes, size_t size); /* size <= NP_WIRE_SERIAL_MAX */
bool board_pedal(void);
bool board_emergency_stop(void);
bool board_reset_button(void);
bool board_needle_button(void);                     /* pressed anew: somebody has put another needle in */
bool board_pigment_button(void);                    /* or pigment */
void board_random(uint8_t *out_bytes, size_t size); /* a hardware source */

/* Non-volatile memory that can be appended to, 64 bytes at a time. */
bool board_flash_append(const uint8_t *bytes, size_t size);
bool board_flash_sync(void);
/* *OUT_SIZE is less than SIZE at the end of what was written alone; a failed read is false, and never an end. */
bool board_flash_read(uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size);
bool board_flash_truncate(uint64_t size);

/* The arm: one move at a time (protocol/executor.h, np_wire_move), with the puncture of its dot at the end or without.  What it has to
 * keep to: tip on the straight line from stop to stop, axis turning in one plane, both in step, no corners rounded.  A move that goes
 * on is the rest of the one that was stopped. */
typedef enum board_arm_state { BOARD_ARM_MOVES, BOARD_ARM_ENDED, BOARD_ARM_STOPPED } board_arm_state;
void board_arm_begin(const np_wire_move *move, bool puncture);
void board_arm_retract(void);
board_arm_state board_arm_poll(np_wire_outcome *out_outcome, int32_t *out_depth_um, int32_t *out_force_mn);
bool board_moved_button(void); /* pressed anew: somebody confirms that the head was moved and measured again */
bool board_home_button(void);  /* pressed anew: somebody has driven the arm home, and says so */
bool board_arm_failed(void);

/* From memory that the debug port cannot change.  The key that is shared with the sender, 32 bytes (NULL: none, and anyone who reaches the
 * line may run a session), and the public keys of the operators whose approvals count (0: any valid one). */
const uint8_t *board_link_key(void);
size_t board_operators(const uint8_t (**out_keys)[32]);

void board_show(const char *text); /* a line for whoever is at the machine: whom the pedal arms, why it holds */
/* Sets the watchdog back, in every round: if none comes for 50 ms the board starts anew, with the needle out by its spring. */
void board_watchdog(void);

#endif
