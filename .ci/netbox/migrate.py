"""Runs NetBox's migrations on an empty database, and ends in what `netbox migrate` ends in.

Most of what `netbox migrate` does is Django building the classes of all models
anew, before and after each of two thousand operations. This runs the operations
one by one and in their order too, but builds the classes once for a row of
operations that do not look at each other's work, and copies fields where Django
takes them apart and makes them again. What touches the same model twice in a way
that the second could notice, runs Python, or is not known here, gets a state of
its own, as Django gives it.
"""

import copy
import gc
import os
import sys

import django
from django.core.management import execute_from_command_line
from django.db import transaction
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.state import ModelState
from django.db.models import Field
from django.utils.functional import cached_property

# What may share a state with others on other models.
KNOWN = (
    ops.AddConstraint,
    ops.AddField,
    ops.AddIndex,
    ops.AlterField,
    ops.AlterModelManagers,
    ops.AlterModelOptions,
    ops.AlterUniqueTogether,
    ops.CreateModel,
    ops.RemoveConstraint,
    ops.RemoveField,
    ops.RemoveIndex,
    ops.RenameField,
)
# What may share it with its own kind on the same model, if it names something else.
REPEATED = (
    ops.AddConstraint,
    ops.AddField,
    ops.AddIndex,
    ops.AlterField,
    ops.RemoveConstraint,
    ops.RemoveField,
    ops.RemoveIndex,
    ops.RenameField,
)
# What is about a model as a whole, whose name it calls name.
WHOLE = (ops.AlterModelManagers, ops.AlterModelOptions, ops.AlterUniqueTogether, ops.CreateModel)
# What adds to a model and reads nothing that the others of these add, but its columns.
ADDING = (ops.AddField, ops.AddIndex, ops.AddConstraint)


def model_of(operation):
    return (operation.name if isinstance(operation, WHOLE) else operation.model_name).lower()


def names_of(operation):
    """What an operation names within its model."""
    if isinstance(operation, ops.RenameField):
        return {operation.old_name, operation.new_name}
    part = getattr(operation, "constraint", None) or getattr(operation, "index", None) or operation
    return {part.name}


def independent(first, second):
    """Whether neither of two operations could tell that they share a state."""
    if model_of(first) != model_of(second):
        return True
    if isinstance(first, ADDING) and isinstance(second, ADDING):
        return True
    return type(first) is type(second) and isinstance(first, REPEATED) and not names_of(first) & names_of(second)


def rows(operations):
    """Splits operations into rows that may share a state."""
    row = []
    for operation in operations:
        known = type(operation) in KNOWN and all(type(o) in KNOWN and independent(o, operation) for o in row)
        if row and not known:
            yield row
            row = []
        row.append(operation)
    if row:
        yield row


def apply(self, state, editor, collect_sql=False):
    """Takes the place of Migration.apply."""
    for row in rows(self.operations):
        before = state
        rendered = before.__dict__.pop("apps", None)  # a clone need not copy them
        state = before.clone()
        if rendered is not None:
            before.apps = rendered
        for operation in row:
            operation.state_forwards(self.app_label, state)
        for operation in row:
            atomic = operation.atomic or (self.atomic and operation.atomic is not False)
            if atomic and not editor.atomic_migration:
                with transaction.atomic(editor.connection.alias):
                    operation.database_forwards(self.app_label, editor, before, state)
            else:
                operation.database_forwards(self.app_label, editor, before, state)
    return state


def fresh(thing):
    """Copies a field or its relation, without what it has worked out about itself."""
    new = copy.copy(thing)
    for name in list(new.__dict__):
        if isinstance(getattr(type(thing), name, None), cached_property):
            del new.__dict__[name]
    return new


def clone(field):
    """Takes the place of Field.clone where nothing but Django's own fields is involved."""
    if not type(field).__module__.startswith("django.db.models.fields"):
        return plain_clone(field)
    new = fresh(field)
    if field.auto_created:
        new.creation_counter = Field.auto_creation_counter
        Field.auto_creation_counter -= 1
    else:
        new.creation_counter = Field.creation_counter
        Field.creation_counter += 1
    if field.remote_field:
        new.remote_field = fresh(field.remote_field)
        new.remote_field.field = new
    return new


def main():
    global plain_clone
    os.environ["DJANGO_SETTINGS_MODULE"] = "netbox.settings"
    django.setup()
    plain_clone = Field.clone
    plain_render = ModelState.render

    def render(self, apps):
        Field.clone = clone
        try:
            return plain_render(self, apps)
        finally:
            Field.clone = plain_clone

    ModelState.render = render
    Migration.apply = apply
    # Classes refer to themselves: each collection walks all of them.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 20)
    execute_from_command_line(["netbox", "migrate", "--no-input", *sys.argv[1:]])


main()
