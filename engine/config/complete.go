package config

import (
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// complete resolves the relative paths of a configuration against a folder, and
// gives every field that is not stated the default of its tag. A default path is
// relative to where diet runs. An address is left as it is.
func complete(c *Config, dir string) { completeValue(reflect.ValueOf(c).Elem(), "", dir) }

func completeValue(v reflect.Value, tag, dir string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			completeValue(v.Field(i), v.Type().Field(i).Tag.Get("jsonschema"), dir)
		}
	case reflect.Slice:
		for i := range v.Len() {
			completeValue(v.Index(i), "", dir)
		}
	default:
		if path, ok := v.Interface().(Path); ok && path != "" && !filepath.IsAbs(string(path)) && !strings.Contains(string(path), "://") {
			v.SetString(filepath.Join(dir, string(path)))
		}
		if v.IsZero() {
			setDefault(v, tag)
		}
	}
}

// setDefault sets a text or a number to default= of its tag.
func setDefault(v reflect.Value, tag string) {
	for item := range strings.SplitSeq(tag, ",") {
		text, stated := strings.CutPrefix(item, "default=")
		switch {
		case !stated:
		case v.Kind() == reflect.String:
			v.SetString(text)
		case v.Kind() == reflect.Int:
			n, _ := strconv.ParseInt(text, 10, 64) // a tag that is wrong fails the tests
			v.SetInt(n)
		}
	}
}
