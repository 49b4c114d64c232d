{{- define "sympozium-web-proxy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}
{{- define "sympozium-web-proxy.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "sympozium-web-proxy.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sympozium-web-proxy.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}
{{- /* Cluster-wide names carry the namespace, so that releases of one name in two namespaces do not meet. */}}
{{- define "sympozium-web-proxy.clusterName" -}}
{{- $name := printf "%s-%s" .Release.Namespace (include "sympozium-web-proxy.fullname" .) -}}
{{- if le (len $name) 50 }}{{ $name }}{{ else }}{{ printf "%s-%s" (trunc 41 $name | trimSuffix "-") (sha256sum $name | trunc 8) }}{{ end -}}
{{- end }}
{{- /* Labels of a component's objects: dict "root" $ "component" "…", and "extra" for those of its Pods. Ours win. */}}
{{- define "sympozium-web-proxy.labelsOf" -}}
{{- $root := .root -}}
{{- $ours := dict
  "app.kubernetes.io/name" (include "sympozium-web-proxy.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" .component
  "app.kubernetes.io/part-of" "sympozium"
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63)
-}}
{{- toYaml (merge $ours (.extra | default dict) $root.Values.commonLabels) -}}
{{- end }}
{{- define "sympozium-web-proxy.selectorOf" -}}
app.kubernetes.io/name: {{ include "sympozium-web-proxy.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- define "sympozium-web-proxy.labels" -}}
{{- include "sympozium-web-proxy.labelsOf" (dict "root" . "component" "web-proxy") -}}
{{- end }}
{{- define "sympozium-web-proxy.selector" -}}
{{- include "sympozium-web-proxy.selectorOf" (dict "root" . "component" "web-proxy") -}}
{{- end }}
{{- define "sympozium-web-proxy.registry" -}}
{{- with .Values.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- end }}
{{- define "sympozium-web-proxy.image" -}}
{{- include "sympozium-web-proxy.registry" . -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
{{- define "sympozium-web-proxy.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "sympozium-web-proxy.subjects" -}}
- { kind: ServiceAccount, name: {{ include "sympozium-web-proxy.fullname" . }}, namespace: {{ .Release.Namespace }} }
{{- end }}
{{- /* The default's rollingUpdate may not stand beside another type. */}}
{{- define "sympozium-web-proxy.updateStrategy" -}}
{{- $strategy := .Values.updateStrategy -}}
{{- toYaml (eq $strategy.type "RollingUpdate" | ternary $strategy (omit $strategy "rollingUpdate")) -}}
{{- end }}
{{- /* Peers of a NetworkPolicy: those given, or everybody in the cluster. */}}
{{- define "sympozium-web-proxy.metricsFrom" -}}
{{- toYaml (.Values.networkPolicy.metricsFrom | default (list (dict "namespaceSelector" dict))) -}}
{{- end }}
{{- define "sympozium-web-proxy.apiServerPorts" -}}
{{- range .Values.networkPolicy.apiServerPorts }}
- { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end }}
{{- define "sympozium-web-proxy.dns" -}}
- ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}
{{- define "sympozium-web-proxy.served" -}}
{{- .Values.servedNamespace | default .Release.Namespace -}}
{{- end }}
{{- define "sympozium-web-proxy.keySecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-keys" (include "sympozium-web-proxy.fullname" .)) -}}
{{- end }}
