/* A plugin's file, read as data. */
#ifndef NP_FIELD_TRIAL_BINARY_H
#define NP_FIELD_TRIAL_BINARY_H

#include "field/private/message.h"

/* The file whose path is the next text of REQUEST; before the loader touches it. */
void field_trial_binary(np_message *request);

#endif
