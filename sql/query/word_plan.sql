-- The plan keys that objects in the mirror bear, for a shell's completion.
{{- template "owned_word" (.With "plan")}}
