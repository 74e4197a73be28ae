"""An executor that errs: one field of one of its messages is not what it should be."""
import re


def lie_of(text):
    name, field, value = re.fullmatch(r"([A-Z_]+)\.(\w+)=(-?\d+)", text).groups()
    return name, field, int(value)


class Lies:
    def lie(self, name, fields):
        """FIELDS with what --lie says instead, once the session is told to be made so far."""
        if self.options.lie is None or self.options.lie[0] != name:
            return fields
        _, field, value = self.options.lie
        if field == "depth":
            return {**fields, "events": [[o, t, value, f] for o, t, _, f in fields["events"]]}
        if field == "digest":
            return {**fields, "digest": bytes(32)}
        return {**fields, field: value} if name != "EVENTS" or fields["next"] > 0 else fields
