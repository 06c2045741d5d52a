variable "training_instance" {
  description = "On what machines training steps run."
  type        = string
  default     = "n1-standard-8"
}

variable "data_on_destroy" {
  description = "What destroying the stack does with artifacts and images: retain (artifacts only), fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}
