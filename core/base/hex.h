/* Bytes as hexadecimal digits, as digests and keys are shown. */
#ifndef NP_BASE_HEX_H
#define NP_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Writes BYTES[n] as 2 n lower-case digits and a 0 byte to TEXT. */
void np_hex_write(const unsigned char *bytes, size_t n, char *text);
/* Reads N bytes from the first 2 n digits of TEXT, lower-case.  False if they are not all there. */
bool np_hex_read(const char *text, size_t n, unsigned char *out_bytes);

#endif
