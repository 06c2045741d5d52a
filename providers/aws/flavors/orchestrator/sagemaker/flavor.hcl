flavor "orchestrator" "sagemaker" {
  description = "Pipelines of SageMaker, under a role of their own"
  location    = "remote"

  identity {
    value = { role = output.role, arn = output.role_arn }
  }

  zenml {
    flavor = "sagemaker"
    config = { execution_role = output.role_arn, region = output.region, instance_type = output.instance_type }
  }
}
