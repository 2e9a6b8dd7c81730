package generate

// CheckKeys finds plans that have one key: each would take the other's objects for its
// own.
func CheckKeys(plans []*Plan) []Finding {
	var out []Finding
	first := map[string]PlanInfo{}
	for _, p := range plans {
		info := p.Info()
		other, twice := first[info.Key]
		if !twice {
			first[info.Key] = info
			continue
		}
		out = append(out, Finding{
			File: info.File, Path: "metadata.name", Message: "\"" + info.Key + "\" is the name of the plan in " + other.File + " too",
			Hint: "a plan's name is what its objects are found by: give each plan its own",
		})
	}
	return out
}
