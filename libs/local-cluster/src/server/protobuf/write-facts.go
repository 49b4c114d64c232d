// Writes facts.ts: how Kubernetes lays out the kinds that the embedded API serves in protobuf, read from the very Go
// types. Run it in tools/kube-assets/go, whose module names the version:
//
//	go run ../../../libs/local-cluster/src/server/protobuf/write-facts.go > ../../../libs/local-cluster/src/server/protobuf/facts.ts
package main

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var roots = map[string][]any{
	"v1": {corev1.Binding{}, corev1.ConfigMap{}, corev1.Endpoints{}, corev1.Event{}, corev1.Namespace{}, corev1.Node{},
		corev1.Pod{}, corev1.Secret{}, corev1.Service{}, corev1.ServiceAccount{}, metav1.DeleteOptions{}},
	"apps/v1":                      {appsv1.Deployment{}, appsv1.ReplicaSet{}},
	"authentication.k8s.io/v1":     {authenticationv1.SelfSubjectReview{}, authenticationv1.TokenRequest{}, authenticationv1.TokenReview{}},
	"authorization.k8s.io/v1":      {authorizationv1.LocalSubjectAccessReview{}, authorizationv1.SelfSubjectAccessReview{}, authorizationv1.SelfSubjectRulesReview{}, authorizationv1.SubjectAccessReview{}},
	"autoscaling/v1":               {autoscalingv1.Scale{}},
	"batch/v1":                     {batchv1.Job{}},
	"coordination.k8s.io/v1":       {coordinationv1.Lease{}},
	"discovery.k8s.io/v1":          {discoveryv1.EndpointSlice{}},
	"events.k8s.io/v1":             {eventsv1.Event{}},
	"networking.k8s.io/v1":         {networkingv1.NetworkPolicy{}},
	"policy/v1":                    {policyv1.Eviction{}, policyv1.PodDisruptionBudget{}},
	"rbac.authorization.k8s.io/v1": {rbacv1.ClusterRole{}, rbacv1.ClusterRoleBinding{}, rbacv1.Role{}, rbacv1.RoleBinding{}},
}

// Types that JSON writes in a way of their own.
var special = map[reflect.Type]string{
	reflect.TypeOf(metav1.Time{}):          "time",
	reflect.TypeOf(metav1.MicroTime{}):     "microtime",
	reflect.TypeOf(metav1.Duration{}):      "duration",
	reflect.TypeOf(resource.Quantity{}):    "quantity",
	reflect.TypeOf(intstr.IntOrString{}):   "intOrString",
	reflect.TypeOf(metav1.FieldsV1{}):      "json",
	reflect.TypeOf(runtime.RawExtension{}): "json",
}

var names = map[reflect.Type]string{}
var messages = map[string]string{}

func main() {
	kinds := []string{}
	for version, objects := range roots {
		for _, object := range objects {
			t := reflect.TypeOf(object)
			kinds = append(kinds, fmt.Sprintf("%s/%s %s", version, t.Name(), message(t)))
		}
	}
	sort.Strings(kinds)
	lines := []string{}
	for name, fields := range messages {
		lines = append(lines, name+" "+fields)
	}
	sort.Strings(lines)
	fmt.Println("/** `<apiVersion>/<kind> <message>`, a line each. Made by write-facts.go. */")
	fmt.Printf("export const KINDS = `\n%s\n`;\n\n", strings.Join(kinds, "\n"))
	fmt.Println("/** `<message> <number>:<field>:<type>[flags] …`; flags: `*` repeated, `%` map, `~` inline, `?` left out when zero, `=` null when zero. */")
	fmt.Printf("export const MESSAGES = `\n%s\n`;\n", strings.Join(lines, "\n"))
}

func message(t reflect.Type) string {
	if name, ok := names[t]; ok {
		return name
	}
	parts := strings.Split(t.PkgPath(), "/")
	name := fmt.Sprintf("%s.%s", parts[len(parts)-2], t.Name())
	names[t] = name
	fields := []string{}
	for i := 0; i < t.NumField(); i++ {
		if text := field(t.Field(i)); text != "" {
			fields = append(fields, text)
		}
	}
	messages[name] = strings.Join(fields, " ")
	return name
}

func field(f reflect.StructField) string {
	tag := strings.Split(f.Tag.Get("protobuf"), ",")
	if len(tag) < 3 || f.Tag.Get("protobuf") == "-" {
		return ""
	}
	json := strings.Split(f.Tag.Get("json"), ",")
	flags := ""
	t := f.Type
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	// `omitempty` never leaves out a struct
	optional := strings.Contains(f.Tag.Get("json"), ",omitempty") && t.Kind() != reflect.Struct ||
		strings.Contains(f.Tag.Get("json"), ",omitzero")
	if _, ok := special[t]; !ok && t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		flags, t = "*", t.Elem()
	} else if t.Kind() == reflect.Map {
		flags, t = "%", t.Elem()
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if json[0] == "" {
		flags += "~"
	}
	if optional && !pointer {
		flags += "?"
	}
	if (t == reflect.TypeOf(metav1.Time{}) || t == reflect.TypeOf(metav1.MicroTime{})) && flags == "" && !pointer {
		flags = "="
	}
	return fmt.Sprintf("%s:%s:%s%s", tag[1], json[0], typeName(t), flags)
}

func typeName(t reflect.Type) string {
	if name, ok := special[t]; ok {
		return name
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Float64:
		return "double"
	case reflect.Struct:
		return message(t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "strings" // a message of its own: `repeated string items = 1`
	}
	panic(fmt.Sprintf("%v is not known", t))
}
