package diet.deletion

import data.diet.text

# What is deleted along with the object, for messages: "", or a phrase that starts with a comma.

_going := text.amounts(object.get(input, "cascade", {}))

_along := sprintf(", along with %s", [_going])

_along := "" if not _going
