/* Questions to a strategy's helper and its answers, as messages; its life is sandbox/helper.c's.  What the shared memory holds is set up here:
 * what a strategy reports of its progress, and the wish that it stop. */
#include "field/private/helper.h"

#include <stdlib.h>

#include "sandbox/helper.h"

struct field_helper {
    np_helper *process;
    np_message reply;
};

np_status field_helper_create(const char *name, field_helper **out_helper, np_error *err)
{
    double timeout_s = FIELD_HELPER_TIMEOUT_S, memory_mb = FIELD_HELPER_MEMORY_MB;
    *out_helper = NULL;
    np_status status = np_helper_setting("NEEDLEPATH_PLUGIN_TIMEOUT_S", 0.1, 3600, &timeout_s, err);
    if (status == NP_OK)
        status = np_helper_setting("NEEDLEPATH_PLUGIN_MEMORY_MB", 64, 65536, &memory_mb, err);
    if (status != NP_OK)
        return status;
    np_helper_setup setup = {.program = name,
                             .whom = "a strategy",
                             .shared_bytes = sizeof(field_shared),
                             .timeout_s = timeout_s,
                             .memory_mb = (long)memory_mb};
    field_helper *helper = calloc(1, sizeof *helper);
    if (!helper)
        return np_error_no_memory(err, "a helper process");
    status = np_helper_create(&setup, &helper->process, err);
    if (status != NP_OK) {
        free(helper);
        return status;
    }
    field_shared *shared = np_helper_shared(helper->process);
    np_helper_set_flags(helper->process, &shared->progress_ppm, &shared->cancel);
    *out_helper = helper;
    return NP_OK;
}

void field_helper_close(field_helper *helper)
{
    if (helper)
        np_helper_close(helper->process);
}

void field_helper_destroy(field_helper *helper)
{
    if (!helper)
        return;
    np_helper_destroy(helper->process);
    np_message_fini(&helper->reply);
    free(helper);
}

field_shared *field_helper_shared(field_helper *helper)
{
    return np_helper_shared(helper->process);
}

void field_helper_abandon(field_helper *helper)
{
    if (helper && np_helper_is_there(helper->process))
        (void)np_helper_put_down(helper->process, "working",
                                 "was stopped, since another layer's strategy failed or the user asked for it,", NULL);
}

np_status field_helper_send(field_helper *helper, const char *doing, const np_message *request,
                            const np_progress *progress, np_error *err)
{
    if (!np_helper_is_there(helper->process))
        return np_helper_gone(helper->process, err);
    np_helper_watch watch = np_helper_begin(helper->process, doing, progress);
    np_helper_freeze(helper->process, false);
    np_status status = np_helper_put_message(helper->process, &watch, request, err);
    if (status == NP_OK && watch.cancelled) {
        field_helper_abandon(helper);
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while %s", doing);
    }
    return status;
}

/* One whole answer into helper->reply. */
static np_status receive_answer(field_helper *helper, np_helper_watch *watch, np_error *err)
{
    np_message *reply = &helper->reply;
    np_status status = np_helper_receive_message(helper->process, watch, FIELD_MESSAGE_MAX_ANSWER_BYTES, reply, err);
    if (status == NP_OK && reply->kind != FIELD_MESSAGE_DONE && reply->kind != FIELD_MESSAGE_FAILED)
        status = np_helper_misanswered(helper->process, watch, err);
    return status;
}

np_status field_helper_wait(field_helper *helper, const char *doing, const np_progress *progress,
                            np_message **out_reply, np_error *err)
{
    *out_reply = NULL;
    if (!np_helper_is_there(helper->process))
        return np_helper_gone(helper->process, err);
    np_helper_watch watch = np_helper_begin(helper->process, doing, progress);
    np_status status = receive_answer(helper, &watch, err);
    if (status != NP_OK)
        return status;
    /* A helper that owes no answer stands still: whatever its threads were about, the processor and the shared memory are the planner's
     * until the next question. */
    np_helper_freeze(helper->process, true);
    if (watch.cancelled) {
        atomic_store(&field_helper_shared(helper)->cancel, 0);
        return np_error_set(err, NP_ERR_STOPPED, "stopped while %s", doing);
    }
    if (helper->reply.kind == FIELD_MESSAGE_FAILED) {
        char *text = np_message_get_text(&helper->reply);
        np_error_set(err, NP_ERR_PLUGIN, "%s", text && text[0] ? text : "failed and did not say why");
        free(text);
        return NP_ERR_PLUGIN;
    }
    *out_reply = &helper->reply;
    return NP_OK;
}

np_status field_helper_call(field_helper *helper, const char *doing, const np_message *request,
                            const np_progress *progress, np_message **out_reply, np_error *err)
{
    *out_reply = NULL;
    np_status status = field_helper_send(helper, doing, request, progress, err);
    return status == NP_OK ? field_helper_wait(helper, doing, progress, out_reply, err) : status;
}

bool field_helper_is_there(const field_helper *helper)
{
    return helper && np_helper_is_there(helper->process);
}

int field_helper_threads(const field_helper *helper)
{
    return np_helper_threads(helper->process);
}

double field_helper_timeout_s(const field_helper *helper)
{
    return np_helper_timeout_s(helper->process);
}
