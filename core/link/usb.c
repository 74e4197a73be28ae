/* Ports by USB identity; see usb.h.  libserialport lists them. */
#include "link/private/usb.h"

#include <ctype.h>
#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Four hexadecimal digits, as lsusb prints them; -1 otherwise. */
static int hex4(const char *text)
{
    char digits[5] = {0};
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return -1;
        digits[i] = text[i];
    }
    return (int)strtol(digits, NULL, 16);
}

bool link_usb_parse(const char *text, link_usb_identity *out)
{
    *out = (link_usb_identity){0};
    size_t prefix = strlen(LINK_USB_PREFIX);
    if (strncmp(text, LINK_USB_PREFIX, prefix) != 0)
        return false;
    text += prefix;
    if ((out->vid = hex4(text)) < 0 || text[4] != ':' || (out->pid = hex4(text + 5)) < 0)
        return false;
    text += 9;
    if (*text == '\0')
        return true;
    if (*text != ':' || strlen(text + 1) >= sizeof out->serial)
        return false;
    strcpy(out->serial, text + 1);
    return true;
}

/* ---- matching ---- */

static bool matches(const link_usb_identity *identity, const link_usb_port *port)
{
    return port->vid == identity->vid && port->pid == identity->pid &&
           (!identity->serial[0] || strcmp(port->serial, identity->serial) == 0);
}

/* "/dev/ttyACM0 2341:0043 serial 5573 (Arduino Uno), ..." */
static void describe(const link_usb_port *ports, size_t n, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++) {
        const link_usb_port *p = &ports[i];
        used += (size_t)snprintf(text + used, size - used, "%s%.60s", i ? ", " : "", p->name);
        if (used < size && p->vid >= 0)
            used += (size_t)snprintf(text + used, size - used, " %04x:%04x", (unsigned)p->vid, (unsigned)p->pid);
        if (used < size && p->serial[0])
            used += (size_t)snprintf(text + used, size - used, " serial %.60s", p->serial);
        if (used < size && p->description[0])
            used += (size_t)snprintf(text + used, size - used, " (%.60s)", p->description);
    }
}

np_status link_usb_match(const link_usb_identity *identity, const char *text, const link_usb_port *ports, size_t n,
                         size_t *out_index, np_error *err)
{
    size_t found = 0;
    char list[700];
    for (size_t i = 0; i < n; i++)
        if (matches(identity, &ports[i]) && found++ == 0)
            *out_index = i;
    if (found == 1)
        return NP_OK;
    describe(ports, n, list, sizeof list);
    if (found == 0)
        return np_error_set(err, NP_ERR_LINK, "%.160s: no serial port has this USB identity; %s%s", text,
                            n ? "there are: " : "there is no serial port at all", list);
    return np_error_set(err, NP_ERR_LINK, "%.160s: %zu serial ports have this USB identity%s; there are: %s", text,
                        found, identity->serial[0] ? "" : ": name one by its serial number, usb:VID:PID:SERIAL", list);
}

/* ---- this machine's ports ---- */

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void fill(link_usb_port *out, struct sp_port *port)
{
    *out = (link_usb_port){.vid = -1, .pid = -1};
    copy(out->name, sizeof out->name, sp_get_port_name(port));
    copy(out->description, sizeof out->description, sp_get_port_description(port));
    if (sp_get_port_transport(port) != SP_TRANSPORT_USB || sp_get_port_usb_vid_pid(port, &out->vid, &out->pid) != SP_OK)
        return;
    copy(out->serial, sizeof out->serial, sp_get_port_usb_serial(port));
}

np_status link_usb_find(const char *text, char *out_name, size_t size, np_error *err)
{
    link_usb_identity identity;
    struct sp_port **list;
    if (!link_usb_parse(text, &identity))
        return np_error_set(err, NP_ERR_USAGE,
                            "%.160s: expected usb:VID:PID[:SERIAL] with four hexadecimal digits each", text);
    if (sp_list_ports(&list) != SP_OK)
        return np_error_set(err, NP_ERR_LINK, "%.160s: the serial ports of this machine cannot be listed", text);
    size_t n = 0, index;
    while (list[n])
        n++;
    link_usb_port *ports = malloc((n + 1) * sizeof *ports);
    np_status status = ports ? NP_OK : np_error_no_memory(err, "the list of serial ports");
    for (size_t i = 0; i < n && status == NP_OK; i++)
        fill(&ports[i], list[i]);
    if (status == NP_OK)
        status = link_usb_match(&identity, text, ports, n, &index, err);
    if (status == NP_OK)
        copy(out_name, size, ports[index].name);
    free(ports);
    sp_free_port_list(list);
    return status;
}
