/* The trace of begins and holds; see trace.h. */
#include "sim/trace.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static np_status failed(const char *path, np_error *err)
{
    return np_error_set(err, NP_ERR_IO, "%s: the trace cannot be written: %s", path, strerror(errno));
}

np_status sim_trace_open(sim_trace *trace, const char *path, np_error *err)
{
    static const char first[] = "time_us,event,dot,silence_us\n";
    int file;
    *trace = (sim_trace){0};
    np_status status = np_file_open_own(path, first, "trace", &file, err);
    if (status != NP_OK)
        return status;
    FILE *stream = ftruncate(file, 0) == 0 ? fdopen(file, "w") : NULL;
    if (!stream) {
        status = failed(path, err);
        close(file);
        return status;
    }
    *trace = (sim_trace){.path = path, .file = stream};
    fputs(first, stream);
    return NP_OK;
}

static void write_line(sim_trace *t, uint64_t now_us, const char *event, uint32_t dot)
{
    if (t->file)
        fprintf(t->file, "%llu,%s,%u,%llu\n", (unsigned long long)now_us, event, dot,
                (unsigned long long)(now_us > t->heard_us ? now_us - t->heard_us : 0));
}

void sim_trace_begin(sim_trace *trace, uint64_t now_us, uint32_t dot)
{
    write_line(trace, now_us, "begin", dot);
}

void sim_trace_state(sim_trace *trace, uint64_t now_us, bool armed)
{
    if (armed == trace->armed)
        return;
    trace->armed = armed;
    write_line(trace, now_us, armed ? "armed" : "held", 0);
}

np_status sim_trace_close(sim_trace *trace, np_error *err)
{
    FILE *file = trace->file;
    trace->file = NULL;
    if (!file)
        return NP_OK;
    bool bad = ferror(file);
    return fclose(file) != 0 || bad ? failed(trace->path, err) : NP_OK;
}
