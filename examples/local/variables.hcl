variable "experiment" {
  description = "The MLflow experiment that runs belong to."
  type        = string
  default     = "churn"
}

variable "data_on_destroy" {
  description = "What destroying the stack does with artifacts and runs: retain, fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}
