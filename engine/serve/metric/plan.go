package metric

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
)

// plans are the metrics of plans, as each last stood.
type plans struct {
	status *prometheus.GaugeVec
	counts map[string]*prometheus.GaugeVec
	netbox prometheus.Gauge

	known  map[string]engine.State // the status that each had when it was last compared
	unread map[string]bool         // those that could not be, because NetBox is away
}

// counted are the counts of a plan: the name of the metric, what it is, and where it stands.
var counted = []struct {
	name, help string
	of         func(*engine.Status) int
}{
	{"objects", "Objects of the plan in NetBox.", func(s *engine.Status) int { return s.Objects }},
	{"pending_changes", "Changes that an apply would write, now or once what is asked about all is answered.", pending},
	{"modified_objects", "Objects that somebody edited.", func(s *engine.Status) int { return s.Summary.Modified }},
	{"missing_objects", "Objects that somebody deleted.", func(s *engine.Status) int { return s.Summary.Missing }},
	{"orphaned_objects", "Objects that are no longer in the plan.", func(s *engine.Status) int { return s.Summary.Orphaned }},
	{"unmanaged_objects", "Objects that were left to people.", func(s *engine.Status) int { return s.Summary.Released }},
	{"unmanaged_changes", "Edits of fields that no plan owns.", func(s *engine.Status) int { return s.Summary.Unmanaged }},
	{"conflicts", "Questions that wait for a person.", func(s *engine.Status) int { return s.Summary.Conflicts }},
	{"accepted_changes", "Differences that a person let stand.", func(s *engine.Status) int { return s.Summary.Accepted }},
	{"last_check_timestamp_seconds", "When the plan was last checked for drift.", checked},
	{"last_reconciled_timestamp_seconds", "When an apply last succeeded, 0 for never.", reconciled},
}

func pending(s *engine.Status) int { return s.Pending }

func checked(s *engine.Status) int { return seconds(s.LastDriftCheck) }

func reconciled(s *engine.Status) int { return seconds(s.LastReconciled) }

// states are the states that a plan may be in.
var states = []engine.State{
	engine.StateError, engine.StateReconciling, engine.StateConflicts, engine.StateDrift,
	engine.StateNotApplied, engine.StateAhead, engine.StateInSync,
}

func newPlans(to prometheus.Registerer) *plans {
	p := &plans{
		status: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "diet_plan_status", Help: "1 for the status that the plan has, 0 for any other.",
		}, []string{"plan", "status"}),
		counts: map[string]*prometheus.GaugeVec{}, known: map[string]engine.State{}, unread: map[string]bool{},
		netbox: prometheus.NewGauge(prometheus.GaugeOpts{Name: "diet_netbox_up", Help: "1 if NetBox could be read the last time, 0 if not."}),
	}
	to.MustRegister(p.status, p.netbox)
	for _, c := range counted {
		p.counts[c.name] = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "diet_plan_" + c.name, Help: c.help}, []string{"plan"})
		to.MustRegister(p.counts[c.name])
	}
	return p
}

// observe takes what a job found.
func (p *plans) observe(o *job.Outcome) {
	switch ended := o.Result == job.Failed || o.Result == job.Cancelled; {
	case o.Status != nil:
		p.set(o.Status)
	case o.Gone:
		p.forget(o.Plan)
	case ended && (o.Kind == job.KindCheck || o.Away) && o.Plan != "": // the plan does not load, or nobody knows how it stands
		p.become(o.Plan, engine.StateError)
		p.unread[o.Plan] = o.Away
	}
	switch {
	case o.Reached:
		p.netbox.Set(1)
		p.readAgain()
	case o.Away:
		p.netbox.Set(0)
	}
}

// readAgain has plans stand as they did that could not be compared while NetBox was away.
func (p *plans) readAgain() {
	for plan, away := range p.unread {
		if known, compared := p.known[plan]; away && compared {
			p.become(plan, known)
		}
	}
	clear(p.unread)
}

// become notes the status of a plan.
func (p *plans) become(plan string, status engine.State) {
	for _, state := range states {
		value := 0.0
		if state == status {
			value = 1
		}
		p.status.WithLabelValues(plan, string(state)).Set(value)
	}
}

// forget tells nothing more of a plan.
func (p *plans) forget(plan string) {
	delete(p.known, plan)
	delete(p.unread, plan)
	p.status.DeletePartialMatch(prometheus.Labels{"plan": plan})
	for _, c := range p.counts {
		c.DeleteLabelValues(plan)
	}
}

func (p *plans) set(s *engine.Status) {
	p.known[s.Plan] = s.Status
	delete(p.unread, s.Plan)
	p.become(s.Plan, s.Status)
	for _, c := range counted {
		p.counts[c.name].WithLabelValues(s.Plan).Set(float64(c.of(s)))
	}
}

// Recall takes how a plan stood before this process began.
func (m *Metrics) Recall(s engine.Sample) {
	m.plans.set(&engine.Status{
		Plan: s.Plan, Status: s.Status, Objects: s.Objects, Pending: s.Pending, Summary: s.Summary, LastDriftCheck: s.At,
	})
	m.plans.counts["last_reconciled_timestamp_seconds"].DeleteLabelValues(s.Plan) // a sample does not know
}

// seconds is a time as Prometheus has it, 0 for none.
func seconds(text string) int {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0
	}
	return int(at.Unix())
}
