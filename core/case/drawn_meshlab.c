/* Points picked in MeshLab (.pp): XML with an element `point` for each, of the attributes x, y, z, name and active.  Those that were
 * switched off in MeshLab (active="0") are left out.  expat reads the XML; a document type, which could define entities without end, is
 * refused. */
#include <expat.h>
#include <string.h>

#include "case/number.h"
#include "case/private/drawn.h"

typedef struct reading {
    case_drawn *drawn;
    XML_Parser parser;
    np_error *err;
    np_status status;
    bool is_pp;
    unsigned depth;
} reading;

#define DEPTH_MAX 16u /* MeshLab's own have 3 */

static void stop(reading *r, const char *text)
{
    if (r->status == NP_OK)
        r->status = np_error_set(r->err, NP_ERR_FORMAT, "%s:%lu: %s", r->drawn->path,
                                 (unsigned long)XML_GetCurrentLineNumber(r->parser), text);
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
    static const char *const keys[] = {"x", "y", "z"};
    reading *r = context;
    double v[3];
    unsigned found = 0;
    const char *label = NULL;
    bool active = true;
    r->is_pp = r->is_pp || strcmp(name, "PickedPoints") == 0;
    if (!r->is_pp) {
        stop(r, "expected picked points of MeshLab: <PickedPoints>");
        return;
    }
    if (++r->depth > DEPTH_MAX) {
        stop(r, "elements in elements in elements, deeper than picked points of MeshLab have them");
        return;
    }
    if (strcmp(name, "point") != 0)
        return;
    for (; attributes[0]; attributes += 2) {
        for (unsigned k = 0; k < 3; k++)
            if (strcmp(attributes[0], keys[k]) == 0 && np_case_number_read(attributes[1], false, &v[k]))
                found |= 1u << k;
        if (strcmp(attributes[0], "name") == 0)
            label = attributes[1];
        if (strcmp(attributes[0], "active") == 0)
            active = strcmp(attributes[1], "0") != 0;
    }
    if (found != 7) {
        stop(r, "a point: expected the numbers x, y and z");
        return;
    }
    if (active)
        r->status = case_drawn_add(r->drawn, np_vec3_make(v[0], v[1], v[2]), label, r->err);
    if (r->status != NP_OK)
        XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL finish(void *context, const XML_Char *name)
{
    (void)name;
    ((reading *)context)->depth--;
}

static void XMLCALL refuse_document_type(void *context, const XML_Char *name, const XML_Char *system,
                                         const XML_Char *public_id, int internal)
{
    (void)system;
    (void)public_id;
    /* MeshLab writes <!DOCTYPE PickedPoints> and nothing in it. */
    if (internal || strcmp(name, "PickedPoints") != 0)
        stop(context, "a document type with a content; expected picked points of MeshLab");
}

np_status case_drawn_read_meshlab(case_drawn *drawn, const char *text, size_t size, np_error *err)
{
    reading r = {.drawn = drawn, .parser = XML_ParserCreate(NULL), .err = err, .status = NP_OK};
    if (!r.parser)
        return np_error_no_memory(err, drawn->path);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, begin, finish);
    XML_SetStartDoctypeDeclHandler(r.parser, refuse_document_type);
    if (XML_Parse(r.parser, text, (int)size, 1) != XML_STATUS_OK && r.status == NP_OK)
        r.status = np_error_set(err, NP_ERR_FORMAT, "%s:%lu: not valid XML: %s", drawn->path,
                                (unsigned long)XML_GetCurrentLineNumber(r.parser),
                                XML_ErrorString(XML_GetErrorCode(r.parser)));
    XML_ParserFree(r.parser);
    return r.status;
}
