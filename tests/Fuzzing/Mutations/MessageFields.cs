using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Phenaki.Fuzzing.Mutations;

/// <summary>Changes fields of a message, at any depth, to what a client should not send but can.</summary>
internal static class MessageFields
{
    private const int ManyElements = 1_200;

    /// <summary>Changes one field.</summary>
    public static void Change(IMessage message, Random random)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder();
        if (fields.Count == 0)
        {
            return;
        }

        var field = fields[random.Next(fields.Count)];
        if (field.IsRepeated)
        {
            ChangeList((IList)field.Accessor.GetValue(message), field, random);
        }
        else if (random.Next(6) == 0)
        {
            field.Accessor.Clear(message);
        }
        else if (field.FieldType == FieldType.Message)
        {
            ChangeMessage(message, field, random);
        }
        else
        {
            field.Accessor.SetValue(message, FieldValues.Of(field, field.Accessor.GetValue(message), random));
        }
    }

    /// <summary>A copy.</summary>
    public static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());

    private static void ChangeMessage(IMessage message, FieldDescriptor field, Random random)
    {
        if (field.Accessor.GetValue(message) is not IMessage inner || random.Next(8) == 0)
        {
            inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            field.Accessor.SetValue(message, inner);
        }

        Change(inner, random);
    }

    private static void ChangeList(IList list, FieldDescriptor field, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                list.Clear();
                break;
            case 1 when list.Count > 0:
                list.RemoveAt(random.Next(list.Count));
                break;
            case 2 when list.Count > 0:
                list.Add(Element(list[random.Next(list.Count)]!));
                break;
            case 3 when list.Count > 0 && random.Next(8) == 0:
                for (var element = Element(list[0]!); list.Count < ManyElements;)
                {
                    list.Add(element);
                }

                break;
            case 4 or 5 when list.Count > 0 && field.FieldType == FieldType.Message:
                Change((IMessage)list[random.Next(list.Count)]!, random);
                break;
            case 4 or 5 when list.Count > 0:
                list[random.Next(list.Count)] = FieldValues.Of(field, list[0]!, random);
                break;
            default:
                list.Add(field.FieldType == FieldType.Message ? field.MessageType.Parser.ParseFrom(ByteString.Empty) : FieldValues.Of(field, null, random));
                break;
        }
    }

    private static object Element(object element) => element is IMessage message ? Copy(message) : element;
}
