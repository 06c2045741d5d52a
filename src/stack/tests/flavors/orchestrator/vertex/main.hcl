variable "pipeline_root" { default = null }
