#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_schema.py SCHEMA GOOD... --bad BAD...

Exit code 0 if SCHEMA is a draft-7 schema that accepts each GOOD file and refuses each BAD one.
Needs python3-jsonschema.
"""
import json
import sys

from jsonschema import Draft7Validator


def main(arguments):
    schema, *rest = arguments
    split = rest.index("--bad")
    with open(schema, encoding="utf-8") as file:
        validator = Draft7Validator(json.load(file))
    Draft7Validator.check_schema(validator.schema)
    wrong = 0
    for number, name in enumerate(rest):
        if number == split:
            continue
        with open(name, encoding="utf-8") as file:
            errors = [error.message for error in validator.iter_errors(json.load(file))]
        if number < split and errors:
            print("%s is refused: %s" % (name, errors[0][:300]), file=sys.stderr)
        elif number > split and not errors:
            print("%s is accepted" % name, file=sys.stderr)
        wrong += bool(errors) == (number < split)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
