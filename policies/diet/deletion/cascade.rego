package diet.deletion

import data.diet.text

# What goes along with a deletion, for messages: "", or a phrase that starts with a comma.

_going := text.amounts(object.get(input, "cascade", {}))

_along := sprintf(", and with it go %s", [_going])

_along := "" if not _going
