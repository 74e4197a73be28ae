/* One wording for the person's findings wherever they are printed.  All of it is what consent forms and practitioners say: each line names its
 * section of docs/domain.md and how sure that is. */
#include "cli/case_person.h"

#include "case/advice.h"
#include "cli/cli.h"

void cli_print_person(const np_case *c)
{
    np_person_finding findings[NP_PERSON_FINDINGS_MAX];
    char by[NP_CASE_SERVED_BYTES];
    for (unsigned i = 0; i < c->person.n_reasons; i++) {
        bool served = np_case_serves(c, c->person.reasons[i], by);
        printf("  %s: %s%s\n", np_person_reason_name(c->person.reasons[i]),
               served ? "served by " : "NOT SERVED: ", CLI_PLAIN(by));
    }
    size_t n = np_case_findings(c, findings);
    for (size_t i = 0; i < n; i++)
        printf("  %s: %s [domain.md %s, %s]\n", np_person_weight_name(findings[i].weight), CLI_PLAIN(findings[i].text),
               findings[i].section, findings[i].sure);
    if (!c->has_health)
        puts("  person: the case says nothing of the person's age and health; what blocks or delays the treatment was "
             "not looked for");
    else if (n == 0 || findings[0].weight == NP_PERSON_ASKS)
        puts("  person: nothing that the case says blocks or delays it");
}

json_t *cli_person_json(const np_case *c)
{
    np_person_finding found[NP_PERSON_FINDINGS_MAX];
    char by[NP_CASE_SERVED_BYTES];
    json_t *reasons = json_array(), *findings = json_array();
    for (unsigned i = 0; i < c->person.n_reasons; i++) {
        bool served = np_case_serves(c, c->person.reasons[i], by);
        json_array_append_new(reasons,
                              json_pack("{s:s, s:b, s:s}", "reason", np_person_reason_name(c->person.reasons[i]),
                                        "served", served, "by", CLI_PLAIN(by)));
    }
    size_t n = np_case_findings(c, found);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            findings, json_pack("{s:s, s:s, s:s, s:s}", "weight", np_person_weight_name(found[i].weight), "text",
                                CLI_PLAIN(found[i].text), "section", found[i].section, "sure", found[i].sure));
    return json_pack("{s:b, s:o, s:o}", "said", c->has_health, "reasons", reasons, "findings", findings);
}

np_status cli_check_person(const np_case *c, np_error *err)
{
    np_person_finding found[NP_PERSON_FINDINGS_MAX];
    size_t n = np_case_findings(c, found);
    if (n == 0 || found[0].weight != NP_PERSON_BLOCKS)
        return NP_OK;
    return np_error_set(err, NP_ERR_UNSAFE, "%s: the person: %s [domain.md %s, %s]%s", c->path, found[0].text,
                        found[0].section, found[0].sure,
                        found[0].clearable ? "; what a doctor has cleared is written as person: {cleared: [NAME], "
                                             "cleared_by: DOCTOR}"
                                           : "; no clearance lifts that");
}

void cli_say_person(const np_case *c)
{
    np_person_finding found[NP_PERSON_FINDINGS_MAX];
    size_t n = np_case_findings(c, found);
    for (size_t i = 0; i < n; i++)
        if (found[i].weight != NP_PERSON_ASKS)
            fprintf(stderr, "%s: the person: %s: %s [domain.md %s, %s]\n", CLI_PLAIN(c->path),
                    found[i].weight == NP_PERSON_BLOCKS ? "DO NOT TREAT" : "NOT NOW", CLI_PLAIN(found[i].text),
                    found[i].section, found[i].sure);
}

np_status cli_check_person_text(const char *path, const char *case_text, np_error *err)
{
    np_case *c = NULL;
    np_status status = np_case_parse_keys(path, case_text, &c, err);
    if (status == NP_OK)
        status = cli_check_person(c, err);
    if (status == NP_OK)
        cli_say_person(c);
    np_case_destroy(c);
    return status;
}
