flavor "step_operator" "sagemaker" {
  description = "Single steps as training jobs of SageMaker, under a role of their own"
  location    = "remote"

  identity {
    value = { role = output.role, arn = output.role_arn }
  }

  offers "invoke" {
    target = { name = output.name, role_arn = output.role_arn, jobs_arn = output.jobs_arn }
  }

  zenml {
    flavor = "sagemaker"
    config = { role = output.role_arn, instance_type = output.instance_type }
  }
}
