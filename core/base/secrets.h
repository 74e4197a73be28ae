/* Keeping secrets that are in memory off the disk. */
#ifndef NP_BASE_SECRETS_H
#define NP_BASE_SECRETS_H

/* From now on no core file is written of this process, and no other process of its user looks into its memory.  To be called before a
 * secret is in memory; again is harmless. */
void np_secrets_close_memory(void);

#endif
