variable "network" {
  description = "The network that the cluster lies in, bound by the stack."
  type        = object({ id = string, subnet_ids = list(string) })
}

variable "kubernetes_version" {
  description = "The version of Kubernetes. Left out: the newest that EKS offers when the cluster is made."
  type        = string
  default     = null
}

variable "instance_types" {
  description = "On what machines workloads run. Left out, the size says."
  type        = list(string)
  default     = null
}

variable "nodes" {
  description = "How many nodes there are at first, at least and at most. Left out, the size says."
  type        = object({ desired = number, min = number, max = number })
  default     = null
}

variable "public_access_cidrs" {
  description = "From where the cluster's interface is reached over the internet; nothing keeps it inside."
  type        = list(string)
  default     = []
}

variable "admins" {
  description = "Users and roles, by ARN, who may do anything in the cluster beside whoever made it."
  type        = set(string)
  default     = []
}

variable "size" {
  description = "The environment's size: small, medium or large."
  type        = string
  default     = "small"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_partition" "current" {}

locals {
  policies = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  by_size = {
    small  = { types = ["t3.large"], desired = 1, min = 1, max = 3 }
    medium = { types = ["m6i.xlarge"], desired = 2, min = 2, max = 6 }
    large  = { types = ["m6i.2xlarge"], desired = 3, min = 3, max = 12 }
  }[var.size]
  nodes          = coalesce(var.nodes, { desired = local.by_size.desired, min = local.by_size.min, max = local.by_size.max })
  instance_types = coalesce(var.instance_types, local.by_size.types)
}

resource "aws_iam_role" "cluster" {
  name = "${var.context.name}-cluster"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "eks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "${local.policies}/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "nodes" {
  name = "${var.context.name}-nodes"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.nodes.name
  policy_arn = "${local.policies}/${each.key}"
}

resource "aws_eks_cluster" "cluster" {
  name     = var.context.name
  role_arn = aws_iam_role.cluster.arn
  version  = var.kubernetes_version

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }

  vpc_config {
    subnet_ids              = var.network.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  # Deleting the cluster needs the role's permissions until the end.
  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_node_group" "nodes" {
  cluster_name    = aws_eks_cluster.cluster.name
  node_group_name = "${var.context.name}-nodes"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = var.network.subnet_ids
  instance_types  = local.instance_types

  scaling_config {
    desired_size = local.nodes.desired
    min_size     = local.nodes.min
    max_size     = local.nodes.max
  }

  depends_on = [aws_iam_role_policy_attachment.nodes]
}

# Workloads get identities of AWS through it.
resource "aws_eks_addon" "pod_identity" {
  cluster_name = aws_eks_cluster.cluster.name
  addon_name   = "eks-pod-identity-agent"
  depends_on   = [aws_eks_node_group.nodes]
}

resource "aws_eks_access_entry" "admin" {
  for_each = var.admins

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = each.value
}

resource "aws_eks_access_policy_association" "admin" {
  for_each = var.admins

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_eks_access_entry.admin[each.key].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

output "name" {
  description = "The cluster's name."
  value       = aws_eks_cluster.cluster.name

  # Workloads run once there are nodes.
  depends_on = [aws_eks_node_group.nodes, aws_eks_addon.pod_identity]
}

output "endpoint" {
  description = "Where its interface is."
  value       = aws_eks_cluster.cluster.endpoint
}

output "ca_certificate" {
  description = "The authority that signed its certificate, base64."
  value       = aws_eks_cluster.cluster.certificate_authority[0].data
}

output "issuer" {
  description = "Who issues tokens to its workloads."
  value       = aws_eks_cluster.cluster.identity[0].oidc[0].issuer
}
