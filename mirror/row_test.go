package mirror

import "testing"

// TestReferences takes what was applied apart into ids and natural keys, as diet and as
// an older one wrote it. A custom field may look like a reference and is none.
func TestReferences(t *testing.T) {
	t.Parallel()
	for _, tc := range [][3]string{
		{`{"name":"x","rack":"a/rack:r[1]","device":"a/d[1]"}`, `{"device":"a/d[1]","name":"x","rack":7}`, `{"rack":"a/rack:r[1]"}`},
		{`{"name":"x","site":{"id":1,"key":"lab"}}`, `{"name":"x","site":1}`, `{"site":"lab"}`},
		{`{"name": "x", "site": 1}`, `{"name":"x","site":1}`, `{}`},
		{`{"cf.ref":{"id":1,"key":"lab"},"role":{"id":2,"key":"server"}}`, `{"cf.ref":{"id":1,"key":"lab"},"role":2}`, `{"role":"server"}`},
		{`{"site":{"id":0,"key":"lab"},"x":{"id":1,"key":"k","more":2}}`, `{"site":{"id":0,"key":"lab"},"x":{"id":1,"key":"k","more":2}}`, `{}`},
		{`[]`, `{}`, `{}`},
		{``, `{}`, `{}`},
	} {
		ids, keys, err := references(tc[0], `{"rack":7,"site":9}`)
		if err != nil || ids != tc[1] || keys != tc[2] {
			t.Errorf("%s is %s, %s, %v", tc[0], ids, keys, err)
		}
	}
}
