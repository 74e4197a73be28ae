/* needlepath-strategy-host: the helper process in which a strategy plugin runs.  It is started by the
 * planner, with a socket and a piece of shared memory for file descriptors, and is of no use from a shell. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "field/host/job.h"
#include "field/host/load.h"
#include "field/host/run.h"
#include "sandbox/confine.h"
#include "sandbox/limits.h"
#include "sandbox/talk.h"
#ifdef NP_TRIALS
#include "field/trial/job_print.h"
#include "field/trial/trial.h"
#define BEFORE_JOB(layer) field_trial_job_check(layer)
#define AFTER_JOB(layer) field_trial_job_take(layer)
#else
#define BEFORE_JOB(layer) (void)(layer)
#define AFTER_JOB(layer) (void)(layer)
#endif

static void refuse(np_message *reply, const char *text)
{
    np_message_begin(reply, FIELD_MESSAGE_FAILED);
    np_message_put_text(reply, text);
}

static void load(field_host_layer *layer, np_message *request, np_message *reply)
{
    char error[1000] = "";
    char *path = np_message_get_text(request);
    if (path && field_host_load(path, layer->weaker, &layer->plugin, error, sizeof error)) {
        np_message_begin(reply, FIELD_MESSAGE_DONE);
        field_host_describe(&layer->plugin, reply);
    } else {
        refuse(reply, error);
    }
    free(path);
}

static void lay_out(field_host_layer *layer, np_message *request, np_message *reply)
{
    uint32_t strategy = np_message_get_u32(request);
    if (layer->strategy || strategy >= layer->plugin.entry.strategy_count) {
        refuse(reply, "the helper was asked for a second layer, or for a strategy that the plugin does not have");
        return;
    }
    layer->strategy = &layer->plugin.strategies[strategy];
    if (!field_host_read_job(layer, request)) {
        refuse(reply, "the helper could not read the layer's job");
        return;
    }
    AFTER_JOB(layer);
    field_host_layout(layer, reply);
}

static void prepare(field_host_layer *layer, np_message *request, np_message *reply)
{
    BEFORE_JOB(layer);
    if (!layer->strategy || !field_host_read_curves(layer, request)) {
        refuse(reply, "the helper could not read the layer's curves");
        return;
    }
    AFTER_JOB(layer);
    field_host_prepare(layer, reply);
}

static void paint(field_host_layer *layer, np_message *request, np_message *reply)
{
    uint32_t n = np_message_get_u32(request);
    if (layer->strategy && n <= FIELD_SHARED_CHUNK)
        field_host_paint(layer, n, reply);
    else
        refuse(reply, "the helper was asked to paint before layout, or too many samples");
}

static void answer(field_host_layer *layer, np_message *request, np_message *reply)
{
    switch (request->kind) {
    case FIELD_MESSAGE_LOAD:
        load(layer, request, reply);
        break;
    case FIELD_MESSAGE_LAYOUT:
        lay_out(layer, request, reply);
        break;
    case FIELD_MESSAGE_PREPARE:
        prepare(layer, request, reply);
        break;
    case FIELD_MESSAGE_PAINT:
        paint(layer, request, reply);
        break;
#ifdef NP_TRIALS
    case FIELD_MESSAGE_TRY:
        field_trial_run(layer, request, reply);
        break;
#endif
    default:
        refuse(reply, "the helper does not know this request; it and the planner are of different versions");
    }
}

static void serve(field_host_layer *layer)
{
    np_message request = {0}, reply = {0};
    while (np_message_receive(NP_HELPER_SOCKET_FD, &request)) {
#ifdef NP_TRIALS
        field_trial_before();
        answer(layer, &request, &reply);
        field_trial_after();
#else
        answer(layer, &request, &reply);
#endif
        if (!np_message_send(NP_HELPER_SOCKET_FD, &reply))
            break;
    }
    np_message_fini(&request);
    np_message_fini(&reply);
}

/* Answers the first question with why nothing will be loaded here. */
static void say_why(const char *lacking, int code)
{
    char text[200];
    np_message message = {0};
    snprintf(text, sizeof text, "is not loaded: the helper cannot confine it here: %s: %s", lacking, strerror(code));
    if (np_message_receive(NP_HELPER_SOCKET_FD, &message)) {
        refuse(&message, text);
        (void)np_message_send(NP_HELPER_SOCKET_FD, &message);
    }
    np_message_fini(&message);
}

#define ADDRESS_SPACE_BYTES ((size_t)4 << 30) /* threads' stacks and arenas are reserved, not used */

int main(int argc, char **argv)
{
    long parent;
    bool weaker;
    if (!np_sandbox_started(argc, argv, &parent, &weaker)) {
        fputs("needlepath-strategy-host is started by needlepath; see `needlepath plugin list`.\n", stderr);
        return 2;
    }
    const char *lacking = np_sandbox_confine(parent, ADDRESS_SPACE_BYTES, NP_HELPER_MEMORY_FD + 1);
    if (lacking) {
        say_why(lacking, errno);
        return 1;
    }
    field_host_layer layer = {.weaker = weaker};
    void *memory = mmap(NULL, sizeof(field_shared), PROT_READ | PROT_WRITE, MAP_SHARED, NP_HELPER_MEMORY_FD, 0);
    if (memory == MAP_FAILED) {
        fprintf(stderr, "needlepath-strategy-host: cannot map the shared memory: %s\n", strerror(errno));
        return 1;
    }
    layer.shared = memory;
#ifdef NP_TRIALS
    field_trial_start(memory);
#endif
    serve(&layer);
    field_host_finish(&layer);
    field_host_layer_fini(&layer);
    munmap(memory, sizeof(field_shared));
    return 0;
}
