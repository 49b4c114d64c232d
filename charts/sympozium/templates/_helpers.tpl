{{- define "sympozium.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}
{{- define "sympozium.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "sympozium.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sympozium.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}
{{- /* Cluster-wide names carry the namespace, so that releases of one name in two namespaces do not meet. */}}
{{- define "sympozium.clusterName" -}}
{{- $name := printf "%s-%s" .Release.Namespace (include "sympozium.fullname" .) -}}
{{- if le (len $name) 50 }}{{ $name }}{{ else }}{{ printf "%s-%s" (trunc 41 $name | trimSuffix "-") (sha256sum $name | trunc 8) }}{{ end -}}
{{- end }}
{{- /* Labels of a component's objects: dict "root" $ "component" "…", and "extra" for those of its Pods. Ours win. */}}
{{- define "sympozium.labelsOf" -}}
{{- $root := .root -}}
{{- $ours := dict
  "app.kubernetes.io/name" (include "sympozium.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" .component
  "app.kubernetes.io/part-of" "sympozium"
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63)
-}}
{{- toYaml (merge $ours (.extra | default dict) $root.Values.commonLabels) -}}
{{- end }}
{{- define "sympozium.selectorOf" -}}
app.kubernetes.io/name: {{ include "sympozium.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- define "sympozium.labels" -}}
{{- include "sympozium.labelsOf" (dict "root" . "component" "operator") -}}
{{- end }}
{{- define "sympozium.selector" -}}
{{- include "sympozium.selectorOf" (dict "root" . "component" "operator") -}}
{{- end }}
{{- define "sympozium.registry" -}}
{{- with .Values.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- end }}
{{- define "sympozium.image" -}}
{{- include "sympozium.registry" . -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
{{- define "sympozium.agentImage" -}}
{{- .Values.agentImage | default (printf "%ssympozium/agent-runner:%s" (include "sympozium.registry" .) .Chart.AppVersion) -}}
{{- end }}
{{- define "sympozium.webProxyImage" -}}
{{- .Values.webProxyImage | default (printf "%ssympozium/web-proxy:%s" (include "sympozium.registry" .) .Chart.AppVersion) -}}
{{- end }}
{{- define "sympozium.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "sympozium.subjects" -}}
- { kind: ServiceAccount, name: {{ include "sympozium.fullname" . }}, namespace: {{ .Release.Namespace }} }
{{- end }}
{{- /* The default's rollingUpdate may not stand beside another type. */}}
{{- define "sympozium.updateStrategy" -}}
{{- $strategy := .Values.updateStrategy -}}
{{- toYaml (eq $strategy.type "RollingUpdate" | ternary $strategy (omit $strategy "rollingUpdate")) -}}
{{- end }}
{{- /* Peers of a NetworkPolicy: those given, or everybody in the cluster. */}}
{{- define "sympozium.metricsFrom" -}}
{{- toYaml (.Values.networkPolicy.metricsFrom | default (list (dict "namespaceSelector" dict))) -}}
{{- end }}
{{- define "sympozium.apiServerPorts" -}}
{{- range .Values.networkPolicy.apiServerPorts }}
- { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end }}
{{- define "sympozium.dns" -}}
- ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}
