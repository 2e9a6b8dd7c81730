-- The classes of objects that diet owns, for a shell's completion.
{{- template "owned_word" (.With "source")}}
